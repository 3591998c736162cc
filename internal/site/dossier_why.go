package site

import (
	"thanthien/internal/dossier"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// whyShown is how many missing things are listed before the rest is folded.
const whyShown = 8

// asksWhy are the acts that need things to be there, in the order of the year.
var asksWhy = []dossier.Act{
	dossier.Submit, dossier.Resubmit, dossier.Accept, dossier.FinishSheet, dossier.Propose, dossier.Recognise,
}

// why lists what keeps this user from the acts that are theirs to do now.
func (p *place) why(f *dossier.Facts, names func(string) string) []view.DossierWhy {
	var list []view.DossierWhy
	d := &p.dossier
	for _, a := range asksWhy {
		if d.May(a, p.who(), &p.period) != nil || a == dossier.FinishSheet && d.Finished(p.layer(d.Stage)) {
			continue
		}
		if lacks := d.Lacks(a, p.user.Login, f); len(lacks) > 0 {
			list = append(list, p.whyOf(a, lacks, names))
		}
	}
	return list
}

// whyOf shows the lacks of one act, each with where it is mended.
func (p *place) whyOf(a dossier.Act, lacks []dossier.Lack, names func(string) string) view.DossierWhy {
	w := view.DossierWhy{Act: vi.Words(a), Count: len(lacks)}
	for _, l := range lacks {
		w.Marks = w.Marks || l.Kind == dossier.LackMark || l.Kind == dossier.LackCondition
		shown := view.DossierLack{Text: vi.Text(l.Key, p.lackArgs(l, names)...), URL: p.mendURL(a, l)}
		if len(w.First) < whyShown {
			w.First = append(w.First, shown)
		} else {
			w.Rest = append(w.Rest, shown)
		}
	}
	return w
}

// mendURL is where a lack of an act is mended, "" when that is nowhere this
// user may go.
func (p *place) mendURL(a dossier.Act, l dossier.Lack) string {
	stage := dossier.SelfStage
	if a == dossier.FinishSheet || a == dossier.Propose || a == dossier.Reject {
		stage = p.dossier.Stage
	}
	switch l.Kind {
	case dossier.LackMark, dossier.LackNote:
		return p.sheetURL(stage) + "#" + cellID(l.Code)
	case dossier.LackCondition:
		return p.sheetURL(stage) + "#" + cellID(dossier.ConditionPrefix+l.Code)
	case dossier.LackPaper:
		return evidenceURL(p.period.ID, p.unit.Code) + "#" + placeID("p", l.Code)
	case dossier.LackEvidence:
		return evidenceURL(p.period.ID, p.unit.Code) + "#" + placeID("c", l.Code)
	case dossier.LackSpread:
		return p.sheetURL(stage) + "#so-sanh"
	case dossier.LackResult:
		return explainAllURL(p.period.ID, p.unit.Code, p.period.Final())
	case dossier.LackAppeal:
		return p.elsewhere(dossier.DecideAppeal)
	case dossier.LackSignOff:
		if p.who().Has(dossier.Manager) {
			return "/quan-tri/ky/" + p.period.ID + "/khoa"
		}
	case dossier.LackTeam, dossier.LackRecused:
		if p.who().Has(dossier.Manager) {
			return p.elsewhere(dossier.Assign)
		}
	case dossier.LackGate:
		return p.actURL(dossier.Register)
	}
	return ""
}

// elsewhere is the page of an act that has a form of its own, "" for the others.
func (p *place) elsewhere(a dossier.Act) string {
	switch a {
	case dossier.Appeal, dossier.DecideAppeal:
		return dossierURL(p.period.ID, p.unit.Code) + "/kien-nghi"
	case dossier.Assign:
		return teamURL(p.period.ID) + "/" + p.unit.Code
	case dossier.Recognise, dossier.Refuse:
		return decisionsURL(p.period.ID) + "?dv=" + p.unit.Code + "#dv-" + p.unit.Code
	case dossier.Revoke, dossier.CarryOver:
		return decisionsURL(p.period.ID) + "/" + p.unit.Code
	}
	return ""
}

// actURL is the page and the target of an act.
func (p *place) actURL(a dossier.Act) string {
	return dossierURL(p.period.ID, p.unit.Code) + "/viec/" + string(a)
}
