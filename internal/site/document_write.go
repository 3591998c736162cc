package site

import (
	"cmp"
	"slices"
	"strings"

	"thanthien/internal/docx"
	"thanthien/internal/dossier"
	"thanthien/internal/score"
	"thanthien/internal/vi"
)

// listed are the units of a list: those that a decision recognised, or without
// one those that are proposed (in a period without steps: that reach it).
func (p *docPapers) listed() []score.Result {
	var list []score.Result
	for _, x := range p.Ranked {
		d := p.dossierOf(x.Unit)
		in := x.Recognised && (d.Status == dossier.Free || d.Status == dossier.Proposed || d.Recognition.Until != "")
		if p.number != "" {
			in = d.Recognition.Until != "" && d.Recognition.Decision.Number == p.number
		}
		if in {
			list = append(list, x)
		}
	}
	return list
}

// waiting are the units of a decision: without a number those that have none
// yet, or when every one has, all whose recognition was not taken back.
func (p *docPapers) waiting() []score.Result {
	list := p.listed()
	if p.number != "" {
		return list
	}
	left := slices.DeleteFunc(slices.Clone(list), func(x score.Result) bool { return p.dossierOf(x.Unit).Recognition.Until != "" })
	if len(left) == 0 {
		return slices.DeleteFunc(list, func(x score.Result) bool { return p.dossierOf(x.Unit).Status == dossier.Revoked })
	}
	return left
}

func (p *docPapers) dossierOf(unit string) *dossier.Dossier {
	for i := range p.Dossiers {
		if p.Dossiers[i].Unit == unit {
			return &p.Dossiers[i]
		}
	}
	return &dossier.Dossier{}
}

// unitTable is the list of units with their results.
func (p *docPapers) unitTable(list []score.Result) docx.Block {
	rows := make([][]string, len(list))
	for i, x := range list {
		parent := p.Units[p.Units[x.Unit].Parent].Name
		rows[i] = []string{docCount(i + 1), p.Units[x.Unit].Name, parent, totalText(x), bandTitle(p.Set, x.Band)}
	}
	heads := []string{vi.Text("xlsx.colNo"), vi.Text("word.unit"), vi.Text("document.area"), vi.Text("document.total"), vi.Text("decide.band")}
	return docGrid([]int{6, 33, 20, 10, 31}, heads, []bool{true, false, false, true, false}, rows)
}

// basis names the set that the year was assessed by.
func (p *docPapers) basis() docx.Block { return docProse(p.basisText() + ";") }

func (p *docPapers) basisText() string {
	if p.Set.Decision != nil && p.Set.Decision.Number != "" {
		return vi.Text("document.basisDecision", p.Set.Title, p.Set.Decision.Number)
	}
	return vi.Text("document.basis", p.Set.Title)
}

// process says that the year went its way, and how many dossiers did not.
func (p *docPapers) process() docx.Block {
	n := 0
	for i := range p.Dossiers {
		if d := &p.Dossiers[i]; d.Status != dossier.Free && !slices.Contains(concluded, d.Status) {
			n++
		}
	}
	if n > 0 {
		return docProse(vi.Text("document.processPart", p.Period.Title, len(p.Dossiers)-n, len(p.Dossiers), n))
	}
	return docProse(vi.Text("document.process", p.Period.Title))
}

// concluded are the statuses of dossiers whose appraisal came to its end.
var concluded = []dossier.Status{dossier.Proposed, dossier.NotProposed, dossier.Appealed, dossier.Recognised, dossier.NotRecognised, dossier.Revoked}

// outcome says how many units reach the target.
func (p *docPapers) outcome(n int) docx.Block {
	t := targetView(p.Result)
	return docProse(vi.Text("document.outcome", len(p.Ranked), n, t.Percent, t.Wanted))
}

// submission proposes recognition to the agency above.
func (p *docPapers) submission() []docx.Block {
	list := p.listed()
	blocks := []docx.Block{letterhead(&p.settings, "", "/TTr", "")}
	blocks = append(blocks, docHeading(vi.Text("document.to_trinh"), vi.Text("document.aboutProposal", p.Period.Title))...)
	blocks = append(blocks,
		docx.P(docx.Paragraph{Runs: []docx.Run{{Text: vi.Text("document.to", cmp.Or(p.settings.Parent, vi.Text("document.dots")))}}, Align: docx.Center, After: 8}),
		p.basis(), p.process(), p.outcome(len(list)), docProse(vi.Text("document.propose", len(list))), p.unitTable(list))
	if p.Period.Checksum != "" {
		blocks = append(blocks, docProse(vi.Text("document.checksum", strings.Join(checksumGroups(p.Period.Checksum), " "))))
	}
	return append(blocks, docProse(vi.Text("document.submit")), p.signature(p.settings.SignTitle, p.settings.Signer))
}

// decree recognises the units, with their list on a page of its own.
func (p *docPapers) decree() []docx.Block {
	list := p.waiting()
	day, until, symbol := "", "", vi.Text("document.symbol")
	by := p.issuer()
	signer := by.name
	if p.number != "" && len(list) > 0 {
		r := p.dossierOf(list[0].Unit).Recognition
		day, until, signer = r.Decision.Day, r.Until, cmp.Or(r.Decision.Signer, signer)
	}
	blocks := []docx.Block{letterhead(&by.settings, p.number, symbol, day)}
	blocks = append(blocks, docHeading(vi.Text("document.quyet_dinh"), vi.Text("document.aboutDecision", p.Period.Title))...)
	blocks = append(blocks, docx.P(docx.Paragraph{Runs: []docx.Run{{Text: strings.ToUpper(by.authority), Bold: true}}, Align: docx.Center, After: 8}))
	blocks = append(blocks, docBases(p.basisText(), vi.Text("document.basisMinutes", p.Period.Title), by.request)...)
	blocks = append(blocks,
		docx.P(docx.Paragraph{Runs: []docx.Run{{Text: vi.Text("document.decides"), Bold: true}}, Align: docx.Center, Before: 8, After: 6}),
		docLed(vi.Text("document.article", 1), vi.Text("document.article1", len(list), p.Period.Title)),
		docLed(vi.Text("document.article", 2), vi.Text("document.article2", cmp.Or(dayText(until), vi.Text("document.months", p.Period.Validity())))),
		docLed(vi.Text("document.article", 3), vi.Text("document.article3")),
		p.signature(by.settings.SignTitle, signer), docx.Block{Break: true})
	blocks = append(blocks, docHeading(vi.Text("document.list"), vi.Text("document.listOf", p.Period.Title))...)
	return append(blocks,
		docx.P(docx.Paragraph{Runs: []docx.Run{{Text: vi.Text("document.attached", cmp.Or(p.number, vi.Text("document.dots")), cmp.Or(dayText(day), vi.Text("document.dots"))), Italic: true}}, Align: docx.Center, After: 8}),
		p.unitTable(list))
}

// minutes tell what the council found: the figures, where the appraisers had to
// talk, the appeals, and what the lock froze.
func (p *docPapers) minutes() []docx.Block {
	list := p.listed()
	blocks := []docx.Block{letterhead(&p.settings, "", "/BB", "")}
	blocks = append(blocks, docHeading(vi.Text("document.bien_ban"), vi.Text("document.aboutMinutes", p.Period.Title))...)
	dots := vi.Text("document.dots")
	blocks = append(blocks, docPart(1, vi.Text("document.present")), docProse(vi.Text("document.when", dots)), docProse(vi.Text("document.chair", cmp.Or(p.signed, dots))), docProse(vi.Text("document.secretary", dots)), docProse(vi.Text("document.others", dots)),
		docPart(2, vi.Text("document.found")), p.basis())
	if p.Period.Steps {
		blocks = append(blocks, p.statusTable())
	}
	blocks = append(blocks, p.spreads()...)
	blocks = append(blocks, p.appeals()...)
	blocks = append(blocks, docPart(3, vi.Text("document.results")), p.outcome(len(list)), p.unitTable(list), docPart(4, vi.Text("document.data")))
	if p.Period.Checksum == "" {
		blocks = append(blocks, docProse(vi.Text("document.notLocked")))
	} else {
		blocks = append(blocks, docProse(vi.Text("document.checksum", strings.Join(checksumGroups(p.Period.Checksum), " "))))
	}
	blocks = append(blocks, docProse(vi.Text("document.trail", p.head.Block, p.head.Short())), docProse(vi.Text("document.closing")))
	return append(blocks, docEnding(docSigned([]string{vi.Text("document.secretaryTitle")}, ""), docSigned([]string{vi.Text("document.chairTitle")}, p.signed)))
}

// statusTable counts the dossiers by where they stand.
func (p *docPapers) statusTable() docx.Block {
	counts := map[dossier.Status]int{}
	for i := range p.Dossiers {
		counts[p.Dossiers[i].Status]++
	}
	var rows [][]string
	for _, s := range dossier.Statuses() {
		if counts[s] > 0 {
			rows = append(rows, []string{vi.Words(s), docCount(counts[s])})
		}
	}
	rows = append(rows, []string{vi.Text("document.sum"), docCount(len(p.Dossiers))})
	return docGrid([]int{75, 25}, []string{vi.Text("document.status"), vi.Text("document.count")}, []bool{false, true}, rows)
}

// spreads tell of the dossiers that several members scored, and of those that
// were scored again.
func (p *docPapers) spreads() []docx.Block {
	var rows [][]string
	several := 0
	for i := range p.Dossiers {
		d := &p.Dossiers[i]
		for _, t := range d.Teams {
			if len(t.Members) > 1 {
				several++
			}
			if t.Round > 1 {
				s := d.Spread(t.Stage, p.facts)
				rows = append(rows, []string{p.Units[d.Unit].Name, stageTitle(p.Period, t.Stage), docCount(t.Round), vi.Decimal(s.Total.String(s.Decimals))})
			}
		}
	}
	blocks := []docx.Block{docProse(vi.Text("document.rounds", several, vi.Decimal(p.Period.SpreadLimit().String()), len(rows)))}
	if len(rows) > 0 {
		blocks = append(blocks, docGrid([]int{40, 30, 12, 18}, []string{vi.Text("word.unit"), vi.Text("document.stage"), vi.Text("document.round"), vi.Text("document.apart")}, []bool{false, false, true, true}, rows))
	}
	return blocks
}

// appeals tell what was contested and how it was decided.
func (p *docPapers) appeals() []docx.Block {
	var rows [][]string
	for i := range p.Dossiers {
		for _, x := range p.Dossiers[i].Appeals {
			ruling := vi.Text("document.waits")
			switch {
			case x.Accepted:
				ruling = vi.Text("document.accepted")
			case x.Judge != "":
				ruling = vi.Text("document.rejected")
			}
			rows = append(rows, []string{p.Units[p.Dossiers[i].Unit].Name, x.Code, x.Reason, strings.TrimSpace(ruling + ". " + x.Ruling)})
		}
	}
	blocks := []docx.Block{docProse(vi.Text("document.appeals", len(rows)))}
	if len(rows) > 0 {
		blocks = append(blocks, docGrid([]int{26, 12, 31, 31}, []string{vi.Text("word.unit"), vi.Text("document.criterion"), vi.Text("document.reason"), vi.Text("document.ruling")}, []bool{false, true, false, false}, rows))
	}
	return blocks
}
