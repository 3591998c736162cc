package view

import "thanthien/internal/vi"

// SurveyorApp is the page of interviews that works without a network. It is
// the same for everybody: what belongs to a person is fetched by its scripts.
type SurveyorApp struct {
	Page
	Words  map[string]string // sentences for the scripts; %v stands for each argument
	Groups map[string]string // names of the respondent groups
}

// surveyorWords are the sentences that the scripts ask for by name: those of
// the survey itself, so that device and server say the same, then their own.
var surveyorWords = []string{
	"survey.required", "survey.number", "survey.number_low", "survey.number_high", "survey.text_long", "public.blank",
	"public.between", "public.atLeast", "public.atMost", "public.group",
	"surveyor.unsent", "surveyor.review", "surveyor.allSent", "surveyor.offline", "surveyor.sending", "surveyor.waiting", "surveyor.ready", "surveyor.signIn",
	"surveyor.lastSync", "surveyor.neverSynced", "surveyor.sentCount", "surveyor.account", "surveyor.noAccount", "surveyor.closes", "surveyor.closed", "surveyor.unitCount",
	"surveyor.found", "surveyor.draft", "surveyor.part", "surveyor.start", "surveyor.next", "surveyor.finish", "surveyor.consent", "surveyor.date",
	"surveyor.needed", "surveyor.several", "surveyor.other", "surveyor.otherText", "surveyor.section", "surveyor.saved", "surveyor.savedAt", "surveyor.savedElsewhere",
	"surveyor.saveFailed", "surveyor.noStore", "surveyor.item", "surveyor.itemOwner", "surveyor.foreign", "surveyor.adopt", "surveyor.adoptAsk",
	"surveyor.discardAsk", "surveyor.deleteAsk", "surveyor.wipeAsk", "surveyor.wiped", "surveyor.delete", "surveyor.yesDelete", "surveyor.resend", "surveyor.respondent",
	"surveyor.noAnswer", "surveyor.persisted", "surveyor.notPersisted", "surveyor.usage", "surveyor.almostFull", "surveyor.refused", "surveyor.failed",
	"surveyor.downloaded", "surveyor.notDownloaded", "surveyor.missing",
}

// SurveyorWords returns the sentences of the interview scripts by name.
func SurveyorWords() map[string]string {
	words := make(map[string]string, len(surveyorWords))
	for _, key := range surveyorWords {
		words[key] = vi.Text(key)
	}
	return words
}

// SurveyorPaper lists where paper forms are printed and keyed in.
type SurveyorPaper struct {
	Page
	Campaigns []SurveyorPaperCampaign
}

// SurveyorPaperCampaign is an open campaign that takes paper forms.
type SurveyorPaperCampaign struct{ Title, Closes, Print, Enter string }
