package view_test

import (
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"thanthien/internal/view"
	"thanthien/web"
)

// pages maps every template to the struct that it is rendered with.
var pages = map[string]any{
	"account/again": view.Again{}, "account/first": view.FirstUser{}, "account/password": view.Password{}, "account/signin": view.SignIn{},
	"admin/campaign_edit": view.CampaignEdit{}, "admin/campaign_new": view.CampaignNew{}, "admin/campaigns": view.CampaignAdmin{},
	"admin/desk": view.Desk{}, "admin/form_languages": view.FormLanguages{}, "admin/form_preview": view.FormPreview{}, "admin/library": view.Library{}, "admin/period": view.Period{},
	"admin/period_new": view.PeriodNew{}, "admin/period_settings": view.PeriodSettings{}, "admin/user_recused": view.Recusals{}, "admin/periods": view.Periods{}, "admin/set": view.Set{}, "admin/set_diff": view.SetDiff{},
	"admin/settings": view.Settings{}, "admin/unit_import": view.UnitImport{}, "admin/units": view.Units{}, "admin/user_new": view.UserNew{},
	"admin/user_secret": view.UserSecret{}, "admin/users": view.Users{}, "admin/version_edit": view.VersionEdit{},
	"admin/campaign_populations": view.Populations{}, "admin/campaign_population_import": view.PopulationImport{},
	"poster/sheets": view.Posters{}, "invite/list": view.Invitations{}, "invite/made": view.InvitesMade{}, "invite/slips": view.Slips{},
	"recheck/list": view.Rechecks{}, "recheck/one": view.Recheck{},
	"campaign/list": view.Campaigns{}, "campaign/one": view.Campaign{}, "campaign/unit": view.CampaignDetail{},
	"dossier/list": view.DossierList{}, "dossier/score": view.DossierScore{}, "dossier/home": view.DossierHome{}, "dossier/act": view.DossierActPage{}, "dossier/survey": view.DossierSurvey{}, "dossier/history": view.DossierHistory{},
	"editor/edit": view.Editor{}, "editor/frozen": view.EditFrozen{}, "editor/import": view.EditImport{},
	"explain/leaf": view.Explain{}, "explain/total": view.ExplainUnit{}, "fail/fail": view.Failure{}, "leader/overview": view.Leader{},
	"public/home": view.Home{}, "public/privacy": view.Privacy{}, "public/receipt": view.ReceiptCheck{},
	"evidence/list": view.EvidenceList{}, "evidence/one": view.EvidenceOne{},
	"paper/batch": view.PaperBatch{}, "paper/diff": view.PaperDiff{}, "paper/entry": view.PaperEntry{}, "paper/import": view.PaperImport{},
	"paper/import_one": view.PaperImportOne{}, "paper/print": view.PaperPrint{}, "paper/start": view.PaperStart{},
	"kiosk/end": view.KioskEnd{}, "kiosk/form": view.Survey{}, "kiosk/list": view.KioskList{}, "kiosk/setup": view.KioskSetup{}, "kiosk/start": view.KioskStart{}, "kiosk/thanks": view.KioskThanks{},
	"builder/edit": view.Builder{}, "builder/diff": view.SetDiff{}, "export/campaign": view.Export{}, "export/log": view.ExportLog{}, "audit/log": view.AuditLog{}, "public/published": view.Published{}, "public/result": view.Results{}, "public/results": view.ResultPeriods{},
	"team/list": view.Teams{}, "team/one": view.TeamOne{}, "team/balance": view.TeamBalance{}, "team/import": view.TeamImport{},
	"appraise/home": view.Appraise{}, "appeal/file": view.Appeal{}, "appeal/judge": view.AppealJudge{}, "appeal/list": view.AppealList{}, "leniency/table": view.Leniency{},
	"stats/show": view.Stats{}, "review/list": view.Review{}, "review/one": view.ReviewOne{}, "review/texts": view.Texts{},
	"feedback/handled": view.FeedbackHandled{}, "feedback/list": view.FeedbackList{}, "feedback/new": view.FeedbackOne{}, "feedback/one": view.FeedbackOne{},
	"notice/list": view.Notices{}, "notice/mail": view.NoticeMail{}, "notice/deadlines": view.Deadlines{}, "comment/list": view.Comments{},
	"scoresheet/upload": view.ScoreSheetUpload{},
	"decision/list":     view.Decisions{}, "decision/one": view.DecisionOne{}, "decision/preview": view.DecisionPreview{}, "decision/register": view.Register{}, "document/list": view.Documents{}, "document/show": view.Document{}, "lock/show": view.Lock{}, "ranking/table": view.Ranking{}, "replay/show": view.Replay{},
	"surveyor/app": view.SurveyorApp{}, "surveyor/paper": view.SurveyorPaper{}, "survey/form": view.Survey{}, "survey/receipt": view.Receipt{}, "survey/stopped": view.SurveyStopped{}, "survey/code": view.InviteCode{},
}

// Every template executes with nothing in its struct and with everything in
// it, and no text gets through as markup.
func TestEveryTemplate(t *testing.T) {
	assets, err := view.NewAssets(web.Static)
	if err != nil {
		t.Fatal(err)
	}
	engine := view.NewEngine(web.Pages, assets)
	if err := engine.Load(); err != nil {
		t.Fatal(err)
	}
	for _, name := range engine.Names() {
		zero, ok := pages[name]
		if !ok {
			t.Errorf("the template %s has no struct in this test", name)
			continue
		}
		if err := engine.Render(io.Discard, name, zero); err != nil {
			t.Errorf("zero: %v", err)
		}
		full := reflect.New(reflect.TypeOf(zero)).Elem()
		fill(full, 0)
		var out strings.Builder
		if err := engine.Render(&out, name, full.Interface()); err != nil {
			t.Errorf("full: %v", err)
		}
		if strings.Contains(out.String(), "<i>x</i>") {
			t.Errorf("%s lets text through as markup", name)
		}
		if strings.Contains(out.String(), "ZgotmplZ") {
			t.Errorf("%s puts text where the template engine cannot make it safe", name)
		}
	}
	for name := range pages {
		if !slices.Contains(engine.Names(), name) {
			t.Errorf("there is no template %s", name)
		}
	}
}

// fill puts something into every field; lists get two items.
func fill(v reflect.Value, depth int) {
	if depth > 9 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(`/a?b=1&c=<i>x</i>"'`)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("a").Convert(v.Type().Key()), value)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() && v.Type().Field(i).Name != "Scripts" && v.Type().Field(i).Name != "Styles" {
				fill(f, depth+1)
			}
		}
	}
}
