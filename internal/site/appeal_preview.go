package site

import (
	"context"
	"strconv"

	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// movesShown is how many of the other units whose rank changes a preview lists.
const movesShown = 20

// whatIf works out what accepting an appeal with a mark would change, at the
// stage whose mark is contested, among what its judge may see.
func (s *Server) whatIf(ctx context.Context, p *place, x *dossier.Contest, mark score.Mark) (*result.WhatIf, *result.Result, error) {
	r, err := result.Seen(ctx, s.store, p.period.ID, x.Stage, seesResults(p.user, &p.period))
	if err != nil {
		return nil, nil, err
	}
	w, err := r.WhatIf(p.unit.Code, x.Code, mark)
	return w, r, err
}

// previewWords is what would change, as a page shows it.
func previewWords(j *judged, w *result.WhatIf, r *result.Result, mark score.Mark) *view.AppealPreview {
	v := &view.AppealPreview{Accept: true, Mark: shownMark(j.set, j.leaf.Code, mark)}
	before, after := w.Before, w.After
	add := func(key, was, is string, better int) {
		v.Lines = append(v.Lines, view.AppealChange{What: vi.Text(key), Before: was, After: is, Same: was == is, Good: was != is && better > 0, Bad: was != is && better < 0})
	}
	points := func(r score.Result) string { return vi.Decimal(r.Total.String(r.Decimals)) }
	add("appeal.points", leafWords(before, j.leaf.Index), leafWords(after, j.leaf.Index), int(w.Leaves[1].Points-w.Leaves[0].Points))
	add("appeal.total", points(before), points(after), int(after.Total-before.Total))
	add("appeal.outcome", recognisedWords(before), recognisedWords(after), appealBit(after.Recognised)-appealBit(before.Recognised))
	add("appeal.band", bandWord(j, before), bandWord(j, after), 0)
	add("appeal.rank", rankWord(before.Rank), rankWord(after.Rank), before.Rank-after.Rank)
	add("appeal.target", targetWord(w.Targets[0]), targetWord(w.Targets[1]), w.Targets[1].Recognised-w.Targets[0].Recognised)
	for i, m := range w.Moved {
		if i == movesShown {
			v.More = len(w.Moved) - movesShown
			break
		}
		row := view.AppealMove{Name: r.Units[m.Unit].Name, URL: dossierURL(j.period.ID, m.Unit), Before: rankWord(m.Before), After: rankWord(m.After)}
		switch {
		case m.Passed:
			row.Note = vi.Text("appeal.passed")
		case m.Passing:
			row.Note = vi.Text("appeal.passing")
		}
		v.Moved = append(v.Moved, row)
	}
	if len(w.Moved) == 0 {
		v.Nothing = vi.Text("appeal.noMoves")
	}
	if w.Leaves[1].State == score.Scored && w.Leaves[0].State == score.Scored && w.Leaves[1].Points <= w.Leaves[0].Points {
		v.Warning = vi.Text("appeal.notBetter")
	}
	v.RankedBy, v.Ranked = stageTitle(j.period, w.Stage), vi.Text("appeal.ranked", w.Ranked, len(r.Dossiers))
	return v
}

func recognisedWords(r score.Result) string {
	if r.Recognised {
		return vi.Text("appeal.reached")
	}
	return vi.Text("appeal.unreached")
}

func bandWord(j *judged, r score.Result) string {
	if title := bandTitle(j.set, r.Band); title != "" {
		return title
	}
	return vi.Text("appeal.noBand")
}

func rankWord(rank int) string {
	if rank == 0 {
		return vi.Text("appeal.unranked")
	}
	return strconv.Itoa(rank)
}

func targetWord(t score.TargetResult) string {
	return vi.Text("appeal.share", t.Recognised, t.Denominator, vi.Decimal(t.Share), vi.Decimal(t.Percent))
}

func appealBit(b bool) int {
	if b {
		return 1
	}
	return 0
}
