package xlsx

import (
	"io"
	"strings"
	"time"

	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// ReplayReport is what the workbook of a replay shows: units scored with the
// set of their period and with a draft. Totals are decimal strings with a point.
type ReplayReport struct {
	Head     Head
	Period   string // "Kỳ đánh giá năm 2026"
	Was      string // the set of the period
	Draft    string // the set that was tried
	Decimals int    // of every total, the larger of both sets'
	Targets  [2]score.TargetResult
	Rows     []ReplayRow
	Gaps     []ReplayGap
	Made     time.Time
}

// ReplayRow is one unit. Rank 0 is unranked, for want of marks; Bands and
// Change are words.
type ReplayRow struct {
	Code, Unit, Parent string
	Totals             [2]string
	Ranks              [2]int
	Bands              [2]string
	Recognised         [2]bool
	Change             string
	Failed             []string // by the draft
}

// ReplayGap is a criterion of the draft that units lack a mark for; Why is in
// words.
type ReplayGap struct {
	Code, Title, Why string
	Units            int
}

// FromReplay makes the report of results before and after, rows in the order of
// after. change names what changed about a unit: enter, leave, band, short or
// "". The caller adds Head, Period, Gaps and Made.
func FromReplay(sets [2]*rubric.Set, before, after []score.Result, targets [2]score.TargetResult, change map[string]string, units *unit.Tree) ReplayReport {
	r := ReplayReport{Was: sets[0].Title, Draft: sets[1].Title, Decimals: max(sets[0].Decimals, sets[1].Decimals), Targets: targets}
	old := make(map[string]score.Result, len(before))
	for _, x := range before {
		old[x.Unit] = x
	}
	for _, now := range after {
		was := old[now.Unit]
		plain := rankingRow(sets[1], now, units)
		row := ReplayRow{
			Code: now.Unit, Unit: plain.Unit, Parent: plain.Parent, Failed: plain.Failed,
			Totals: [2]string{was.Total.String(was.Decimals), plain.Total}, Ranks: [2]int{was.Rank, now.Rank},
			Bands: [2]string{bandWords(sets[0], was), bandWords(sets[1], now)}, Recognised: [2]bool{was.Recognised, now.Recognised},
		}
		if kind := change[now.Unit]; kind != "" {
			row.Change = vi.Text("replay.tag." + kind)
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

// bandWords is the band of a result, or why it has none.
func bandWords(set *rubric.Set, r score.Result) string {
	if i := set.BandIndex(r.Band); i >= 0 {
		return set.Recognition.Bands[i].Title
	}
	if !r.Complete {
		return vi.Text("replay.unscored")
	}
	return vi.Text("replay.none")
}

// The columns of a replay and their widths in characters.
const (
	replayNo = iota + 1
	replayCode
	replayUnit
	replayParent
	replayBefore
	replayAfter
	replayGap
	replayRankBefore
	replayRankAfter
	replayBandBefore
	replayBandAfter
	replayChange
	replayFailed
)

var replayWidths = []float64{4.5, 8, 24, 14, 8, 8, 8.5, 7, 7, 13, 13, 9, 34}

// Replay writes the workbook: one table of units, and one of the criteria that
// units lack a mark for when there are any.
func Replay(w io.Writer, report ReplayReport) error {
	title := vi.Text("xlsx.replayTitle")
	b := newBook(title, report.Made)
	s := b.sheet(vi.Text("xlsx.sheetReplay"), replayWidths...)
	row := s.writeHead(report.Head, title, report.Period, vi.Text("xlsx.replaySets", report.Was, report.Draft),
		vi.Text("xlsx.replayTarget", targetWords(report.Targets[0]), targetWords(report.Targets[1])))
	for i, key := range []string{
		vi.Text("xlsx.colNo"), vi.Text("xlsx.colCode"), vi.Text("xlsx.colUnit"), vi.Text("xlsx.colParent"), vi.Text("replay.before"), vi.Text("replay.after"), vi.Text("replay.gap"),
		vi.Text("replay.rankBefore"), vi.Text("replay.rankAfter"), vi.Text("replay.bandBefore"), vi.Text("replay.bandAfter"), vi.Text("replay.change"), vi.Text("xlsx.colFailed"),
	} {
		s.text(row, i+1, key, headLook())
	}
	s.fit(row)
	for i, r := range report.Rows {
		if err := s.replayRow(row+1+i, i+1, r, scoreFormatOf(report.Decimals)); err != nil {
			return err
		}
	}
	last := row + len(report.Rows)
	s.replaySums(row+1, last, report.Rows)
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, replayUnit}
	end := s.writeEnd(report.Head, last+1)
	s.together(last+1, end)
	b.replayGaps(report)
	return b.write(w)
}

func targetWords(t score.TargetResult) string {
	met := vi.Text("xlsx.notMet")
	if t.Met {
		met = vi.Text("xlsx.met")
	}
	return vi.Text("xlsx.replayShare", t.Recognised, t.Denominator, vi.Decimal(t.Share), met)
}

// scoreFormatOf is the number format of scores with so many decimals.
func scoreFormatOf(decimals int) string {
	if decimals == 0 {
		return "0"
	}
	return "0." + strings.Repeat("0", decimals)
}

func (s *sheet) replayRow(row, no int, r ReplayRow, format string) error {
	s.set(row, replayNo, cell{value: no, style: numLook("0")})
	s.text(row, replayCode, r.Code, midLook())
	s.text(row, replayUnit, r.Unit, textLook())
	s.text(row, replayParent, r.Parent, textLook())
	var totals [2]rubric.Num
	for i, text := range r.Totals {
		n, err := number(text)
		if err != nil {
			return err
		}
		totals[i] = n
		s.set(row, replayBefore+i, cell{value: float(n), style: numLook(format)})
	}
	s.set(row, replayGap, cell{
		value: float(totals[1].Sub(totals[0])), style: numLook(format + ";-" + format + ";0"),
		formula: "ROUND(" + at(row, replayAfter) + "-" + at(row, replayBefore) + ",2)",
	})
	for i, rank := range r.Ranks {
		c := cell{value: vi.Text("xlsx.unranked"), style: midLook()}
		if rank > 0 {
			c = cell{value: rank, style: numLook("0")}
		}
		s.set(row, replayRankBefore+i, c)
		s.text(row, replayBandBefore+i, r.Bands[i], midLook())
	}
	change := midLook()
	change.bold = r.Change != ""
	s.text(row, replayChange, r.Change, change)
	s.text(row, replayFailed, strings.Join(r.Failed, "; "), textLook())
	s.fit(row)
	return nil
}

// replaySums writes the row of counts: units, and those recognised before and
// after.
func (s *sheet) replaySums(first, last int, rows []ReplayRow) {
	row := last + 1
	for col := 1; col <= len(replayWidths); col++ {
		s.text(row, col, "", midLook().strong())
	}
	s.span(row, replayNo, row, replayCode, cell{value: vi.Text("xlsx.totalRow"), style: midLook().strong()})
	s.set(row, replayUnit, cell{value: len(rows), style: numLook(vi.Text("xlsx.formatUnits")).strong()})
	if len(rows) == 0 {
		return
	}
	for i := range 2 {
		n := 0
		for _, r := range rows {
			if r.Recognised[i] {
				n++
			}
		}
		col := replayBandBefore + i
		cells := area(first, col, last, col, false)
		s.set(row, col, cell{
			value: n, style: numLook(vi.Text("xlsx.formatRecognised")).strong(),
			formula: `ROWS(` + cells + `)-COUNTIF(` + cells + `,"` + vi.Text("replay.none") + `")-COUNTIF(` + cells + `,"` + vi.Text("replay.unscored") + `")`,
		})
	}
	s.fit(row)
}

// replayGaps writes the criteria that units lack a mark for.
func (b *book) replayGaps(report ReplayReport) {
	if len(report.Gaps) == 0 {
		return
	}
	s := b.sheet(vi.Text("xlsx.sheetGaps"), 8, 48, 40, 10)
	row := s.writeHead(report.Head, vi.Text("xlsx.gapsTitle"), report.Period, vi.Text("xlsx.replaySets", report.Was, report.Draft))
	for i, text := range []string{vi.Text("xlsx.gapCode"), vi.Text("xlsx.gapTitle"), vi.Text("xlsx.gapWhy"), vi.Text("xlsx.colUnits")} {
		s.text(row, i+1, text, headLook())
	}
	s.fit(row)
	for i, g := range report.Gaps {
		at := row + 1 + i
		s.text(at, 1, g.Code, midLook())
		s.text(at, 2, g.Title, textLook())
		s.text(at, 3, g.Why, textLook())
		s.set(at, 4, cell{value: g.Units, style: numLook("0")})
		s.fit(at)
	}
	s.repeat, s.freeze = [2]int{row, row}, [2]int{row, 0}
	s.writeEnd(report.Head, row+len(report.Gaps))
}
