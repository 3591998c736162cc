package site

import (
	"context"
	"strings"
	"testing"

	"thanthien/internal/dossier"
	"thanthien/internal/score"
)

// secretPages are the pages and calls that tell something of a stage.
var secretPages = []string{
	actURL, actURL + "?cap=district", actURL + "/cham-diem?cap=district", actURL + "/cham-diem?cap=self", actURL + "/giai-thich?stage=district",
	actURL + "/giai-thich/1.1.1?stage=district", actURL + "/lich-su", actURL + "/khao-sat", actURL + "/viec/ask-completion",
	actAPI, actAPI + "/marks?stage=district",
}

// found is what of words a reader finds on any of secretPages, and where.
func (s *actSite) found(login string, words ...string) map[string]string {
	s.tb.Helper()
	ok(s.tb, s.store.Relay(context.Background()))
	got := map[string]string{}
	for _, path := range secretPages {
		a := s.get(path, s.as(login))
		if a.StatusCode >= 500 {
			s.tb.Errorf("%s %s: status %d", login, path, a.StatusCode)
		}
		if a.StatusCode != 200 {
			continue
		}
		body := strings.ReplaceAll(a.body, "Người "+login, "") // the reader's own name in the top bar
		for _, word := range words {
			if strings.Contains(body, word) {
				got[word] += path + " "
			}
		}
	}
	return got
}

// nothing fails the test for every word that a reader finds.
func (s *actSite) nothing(when, login string, words ...string) {
	s.tb.Helper()
	for word, at := range s.found(login, words...) {
		s.tb.Errorf("%s, %s reads %q at %s", when, login, word, at)
	}
}

// something fails the test for every word that a reader does not find.
func (s *actSite) something(when, login string, words ...string) {
	s.tb.Helper()
	got := s.found(login, words...)
	for _, word := range words {
		if got[word] == "" {
			s.tb.Errorf("%s, %s does not read %q anywhere", when, login, word)
		}
	}
}

// Who reads what two appraisers gave, while they score, when one is ready, when
// both are, and when the stage is concluded.
func TestStageSecrets(t *testing.T) {
	s := newActSite(t)
	s.inAppraisal()
	valueA, valueB, mean := "3,75", "4,00", "3,88"
	outside := []string{"xa", "lanh-dao", "lanh-dao-hai", "ngoai", "tv-c"}
	names := []string{"Người tv-a", "Người tv-b"}

	for _, login := range append(outside, "tv-b") {
		s.nothing("while they score", login, valueA, "3.75", secretA)
	}
	s.nothing("while they score", "tv-a", valueB)
	s.something("while they score", "tv-a", valueA, secretA)

	s.act("tv-a", "finish-sheet").want(t, 303)
	for _, login := range append(outside, "tv-b") {
		s.nothing("with one sheet in", login, valueA, "3.75", secretA)
	}
	s.nothing("with one sheet in", "tv-a", valueB)

	s.act("tv-b", "finish-sheet").want(t, 303)
	s.something("with both in", "tv-b", valueA, secretA, mean)
	s.something("with both in", "tv-a", valueB, mean)
	for _, login := range []string{"xa", "lanh-dao-hai"} {
		s.nothing("with both in", login, append([]string{valueA, "3.75", mean, "3.88", secretA}, names...)...)
	}
	s.something("with both in", "xa", "chưa công khai")

	s.act("tv-a", "propose", "ly-do", "Tốt").want(t, 303)
	for _, login := range []string{"xa", "lanh-dao-hai"} {
		s.something("concluded", login, mean)
		s.nothing("concluded", login, append([]string{valueA, "3.75", secretA}, names...)...)
	}
	s.something("concluded", "tv-c", valueA, secretA)
	s.get(actURL, s.as("xa-khac")).want(t, 403)
	s.get(actURL+"/lich-su", s.as("xa-khac")).want(t, 403)
	s.get(actAPI, s.as("xa-khac")).want(t, 403)
}

// The next round is a secret again until one's own sheet is in; the round
// before stays open to those who scored it.
func TestSecondRoundSecrets(t *testing.T) {
	s := newActSite(t)
	s.inAppraisal()
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.act("tv-b", "finish-sheet").want(t, 303)
	s.act("tv-a", "rescore", "ly-do", "Bàn lại").want(t, 303)
	s.marks("tv-a", "district", dossier.Change{Code: "1.1.1", Mark: score.NewMark("points", "2.25"), Note: "Vòng hai của A"})
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.nothing("in round two", "tv-b", "2,25", "2.25", "Vòng hai của A")
	s.something("in round two", "tv-b", "3,75", secretA)
	s.nothing("in round two", "xa", "2,25", "2.25", "3,75", "3.75", "Vòng hai của A", secretA, "Bàn lại")
	s.act("tv-b", "finish-sheet").want(t, 303)
	s.something("in round two", "tv-b", "2,25", "Vòng hai của A")
}
