package criteria_test

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"thanthien/criteria"
	"thanthien/internal/rubric"
	"thanthien/internal/survey"
)

// TestFormsLoad: every form file parses, is named after its id and version,
// asks for consent, stays short, and asks nothing that could name somebody:
// besides options there is one open suggestion, and demographics are free.
func TestFormsLoad(t *testing.T) {
	for _, form := range forms(t) {
		if n := form.QuestionCount(); n < 8 || n > 16 {
			t.Errorf("%s: %d questions, want 8 to 16", form.ID, n)
		}
		if form.Intro == "" || form.Consent == "" || !strings.Contains(form.Title, "(mẫu)") {
			t.Errorf("%s: wants an intro, a consent text and (mẫu) in its title", form.ID)
		}
		kinds, followUps := map[survey.Kind]int{}, 0
		for _, q := range form.Questions() {
			kinds[q.Kind]++
			if q.ShowIf != nil {
				followUps++
			}
			if q.Required && strings.HasPrefix(q.Code, "d") {
				t.Errorf("%s %s: demographics must be free to skip", form.ID, q.Code)
			}
		}
		if followUps == 0 || kinds[survey.Text] != 1 || kinds[survey.Number]+kinds[survey.Date] > 0 {
			t.Errorf("%s: %d follow-ups, kinds %v; want follow-ups, one text, no number, no date", form.ID, followUps, kinds)
		}
	}
}

// TestSetsLoad: every set file parses against the sample forms, is named after
// its id and version, says that it is a sample, and guides every leaf.
func TestSetsLoad(t *testing.T) {
	asked := forms(t)
	lookup := func(id string) ([]string, bool) {
		form, ok := asked[id]
		if !ok {
			return nil, false
		}
		var codes []string
		for _, q := range form.Questions() {
			codes = append(codes, q.Code)
		}
		return codes, true
	}
	rules := map[string]int{}
	for name, data := range files(t, criteria.Sets()) {
		set, err := rubric.ParseWithForms(data, name, lookup)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := fmt.Sprintf("%s@%d.yaml", set.ID, set.Version); name != want {
			t.Errorf("%s: want the file name %s", name, want)
		}
		if !strings.Contains(set.Title, "(mẫu)") || !strings.HasPrefix(set.IssuedBy, "Mẫu của phần mềm, khung tham khảo") || set.Decision != nil {
			t.Errorf("%s: does not say that it is a sample", name)
		}
		found := set.Leaves()
		if len(found) < 20 || len(found) > 60 {
			t.Errorf("%s: %d leaves, want 20 to 60", name, len(found))
		}
		for _, leaf := range found {
			rules[leaf.Rule.Type]++
			if !strings.HasPrefix(leaf.Guide, "Cách chấm: ") {
				t.Errorf("%s %s: no guide", name, leaf.Code)
			}
			if leaf.Evidence == rubric.EvidenceRequired && !strings.Contains(leaf.Guide, "Minh chứng: ") {
				t.Errorf("%s %s: requires evidence and does not say which", name, leaf.Code)
			}
			if groups := leaf.Rule.Groups; leaf.Rule.Type == rubric.RuleSurvey && !subset(groups, asked[leaf.Rule.Form].Respondents) {
				t.Errorf("%s %s: groups %v may not answer %s", name, leaf.Code, groups, leaf.Rule.Form)
			}
		}
	}
	want := []string{"count", "external", "formula", "levels", "points", "ratio", "survey"}
	if got := slices.Sorted(maps.Keys(rules)); !slices.Equal(got, want) {
		t.Errorf("the samples show the rules %v, want %v", got, want)
	}
}

// TestFrames holds the group points that each sample takes from its frame.
func TestFrames(t *testing.T) {
	want := map[string]string{
		"mau-than-thien-bg":   "20 25 20 15 20",
		"mau-than-thien-dn":   "15 15 20 50 5",
		"mau-tiep-can-pl":     "10 30 15 20 25",
		"mau-dan-van-co-quan": "10 10 20 20 20 20 -5",
		"mau-bon-muc":         "20 20 20 20 20",
		"mau-cchc-xa":         "15 10 20 8 10 7 15 15 3 -5",
	}
	got := map[string]string{}
	for name, data := range files(t, criteria.Sets()) {
		set, err := rubric.Parse(data, name)
		if err != nil {
			t.Fatal(err)
		}
		var points []string
		for _, g := range set.Groups {
			points = append(points, g.Max.String())
		}
		got[set.ID] = strings.Join(points, " ")
	}
	if !maps.Equal(got, want) {
		t.Errorf("group points %v, want %v", got, want)
	}
}

// forms returns the sample forms by id.
func forms(t *testing.T) map[string]*survey.Form {
	t.Helper()
	out := map[string]*survey.Form{}
	for name, data := range files(t, criteria.Forms()) {
		form, err := survey.Parse(data, name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := fmt.Sprintf("%s@%d.yaml", form.ID, form.Version); name != want {
			t.Errorf("%s: want the file name %s", name, want)
		}
		out[form.ID] = form
	}
	return out
}

// files returns the content of every file at the root of fsys by name.
func files(t *testing.T, fsys fs.FS) map[string][]byte {
	t.Helper()
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = data
	}
	return out
}

// subset reports whether every entry of part is in whole.
func subset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}
