package site

import (
	"cmp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// taskLooks are the colours of what dossiers wait for.
var taskLooks = map[string]string{taskAccept: "warn", taskSpread: "bad", taskScore: "warn", taskConclude: "warn", taskUnit: "off", taskWait: "off", taskDone: "good"}

// fill makes the page of the appraiser's dossiers.
func (a *appraisal) fill(c *fiber.Ctx, v *view.Appraise) {
	rows := a.mine()
	task, status := c.Query("viec"), c.Query("tt")
	v.Appeals, v.AppealsURL = waitingAppeals(a.user, &a.period, a.dossiers), appealsURL(a.period.ID)
	if v.Filtered = task != "" || status != "" || c.Query("q") != ""; len(rows) == 0 {
		v.Empty = vi.Text("appraise.none")
		return
	}
	v.SheetsURL, v.ReadURL = appraisePath+"/phieu-cham.xlsx?ky="+queryEscape(a.period.ID), appraisePath+"/nhap-phieu"
	v.Counts, v.Next = a.counts(rows, task), a.next(rows)
	v.Task, v.Statuses = task, statusOptions(rows, status)
	kept := rows[:0:0]
	for _, x := range rows {
		if (task == "" || x.task == task) && (status == "" || string(x.dossier.Status) == status) {
			kept = append(kept, x)
		}
	}
	shown, list := listOf(c, kept, func(x appraised) string {
		return x.unit.Name + " " + x.unit.Code + " " + x.parent + " " + taskWord(x.task) + " " + vi.Words(x.dossier.Status)
	}, appraiseColumns(), view.Pair{Name: "ky", Value: a.period.ID}, view.Pair{Name: "viec", Value: task}, view.Pair{Name: "tt", Value: status})
	v.List = list
	for i := range shown {
		row := a.shown(&shown[i])
		v.MayAccept = v.MayAccept || row.Accept
		v.Rows = append(v.Rows, row)
	}
}

func taskWord(task string) string { return vi.Text("appraise.task." + task) }

// counts are the numbers on top: what there is of each task.
func (a *appraisal) counts(rows []appraised, chosen string) []view.AppraiseCount {
	by := map[string]int{}
	for i := range rows {
		by[rows[i].task]++
	}
	list := []view.AppraiseCount{{Label: vi.Text("appraise.all"), Count: len(rows), URL: appraiseURL(a.period.ID), Current: chosen == ""}}
	for _, t := range appraiseTasks {
		if by[t] > 0 || t == chosen {
			list = append(list, view.AppraiseCount{Label: taskWord(t), Count: by[t], URL: appraiseURL(a.period.ID) + "&viec=" + t, Current: t == chosen, Look: taskLooks[t]})
		}
	}
	return list
}

// next is the dossier to go on with: the nearest last day, one that was begun
// before others.
func (a *appraisal) next(rows []appraised) view.Link {
	var best *appraised
	for i := range rows {
		x := &rows[i]
		if x.task == taskScore && (best == nil || compareDue(*x, *best) < 0 || compareDue(*x, *best) == 0 && x.done > best.done) {
			best = x
		}
	}
	if best == nil {
		return view.Link{}
	}
	return view.Link{Label: best.unit.Name, URL: best.sheetURL(best.stage.Code)}
}

// compareDue puts the nearest last day first, those without one behind, what is
// done last.
func compareDue(a, b appraised) int {
	due := func(x appraised) string { return cmp.Or(x.day, "9") }
	return cmp.Or(cmp.Compare(appealBit(a.task == taskDone), appealBit(b.task == taskDone)), cmp.Compare(due(a), due(b)))
}

// statusOptions are the statuses that the rows have.
func statusOptions(rows []appraised, chosen string) []view.Option {
	list := []view.Option{option("", vi.Text("appraise.anyStatus"), chosen)}
	for _, st := range dossier.Statuses() {
		if slices.ContainsFunc(rows, func(x appraised) bool { return x.dossier.Status == st }) {
			list = append(list, option(string(st), capital(vi.Words(st)), chosen))
		}
	}
	return list
}

func appraiseColumns() []listColumn[appraised] {
	task := func(x appraised) int { return slices.Index(appraiseTasks, x.task) }
	name := byText(func(x appraised) string { return x.unit.Name })
	return []listColumn[appraised]{
		{key: "han", label: vi.Text("appraise.day"), compare: func(x, y appraised) int { return cmp.Or(compareDue(x, y), cmp.Compare(task(x), task(y)), name(x, y)) }},
		{key: "ten", label: vi.Text("word.unit"), compare: name},
		{key: "viec", label: vi.Text("appraise.task"), compare: func(x, y appraised) int { return cmp.Or(cmp.Compare(task(x), task(y)), name(x, y)) }},
		{key: "phieu", label: vi.Text("appraise.sheet"), compare: func(x, y appraised) int { return cmp.Compare(x.done*y.all, y.done*x.all) }},
		{key: "to", label: vi.Text("appraise.colleagues"), compare: func(x, y appraised) int { return cmp.Compare(len(x.out), len(y.out)) }},
	}
}

// spreadShown is how many of the places where sheets lie apart a row lists.
const spreadShown = 3

// shown is one row as the page shows it.
func (a *appraisal) shown(x *appraised) view.AppraiseRow {
	d := &x.dossier
	row := view.AppraiseRow{
		Unit: x.unit.Code, Name: x.unit.Name, Parent: x.parent, URL: x.sheetURL(x.stage.Code), Stage: x.stage.Title,
		Status: view.Tag{Text: capital(vi.Words(d.Status)), Look: statusLook(d.Status)}, Task: view.Tag{Text: taskWord(x.task), Look: taskLooks[x.task]},
		Done: x.done, All: x.all, Finished: x.finished(), In: x.in, Out: x.out, Spread: x.spread, Accept: x.task == taskAccept && d.May(dossier.Accept, x.who(), &x.period) == nil,
	}
	row.Over = x.task == taskDone
	if more := len(row.Spread) - spreadShown; more > 0 {
		row.Spread, row.MoreSpread = row.Spread[:spreadShown], more
	}
	if x.task == taskAccept || x.task == taskUnit {
		row.URL = dossierURL(x.period.ID, x.unit.Code)
	}
	if x.task == taskScore && x.done == x.all {
		row.Task.Text = vi.Text("appraise.toFinish")
	}
	if r := d.Team(x.stage.Code).Round; r > 1 {
		row.Round = r
	}
	if n := len(d.Completions); d.Status == dossier.Completion && n > 0 {
		row.Completion = d.Completions[n-1].Text
	}
	if left, ok := daysBetween(a.today, x.day); ok {
		row.Day, row.Left, row.Late = dayText(x.day), dayLeft(x.day, left), left < 0
		switch {
		case left < 0:
			row.Look = "bad"
		case left <= soonDays:
			row.Look = "warn"
		}
	}
	return row
}
