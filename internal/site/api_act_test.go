package site

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"thanthien/internal/dossier"
)

// call does an act through the API; ifMatch is left out when it is "".
func (s *actSite) call(login, act, ifMatch, body string) answer {
	s.tb.Helper()
	c := s.as(login)
	header := []string{"Content-Type", "application/json", "X-CSRF-Token", s.csrf(c), "Cookie", c.Name + "=" + c.Value}
	if ifMatch != "" {
		header = append(header, "If-Match", ifMatch)
	}
	return s.do("POST", actAPI+"/acts/"+act, strings.NewReader(body), header...)
}

// Every answer of the acts is as the document describes it.
func TestActAPI(t *testing.T) {
	s := newActSite(t)
	doc := documentOf(t, s.testSite)
	check := func(call string, a answer, status int) answer {
		t.Helper()
		a.want(t, status)
		method, path, _ := strings.Cut(call, " ")
		kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
		media, there := doc.Paths[path][method].Responses[fmt.Sprint(status)].Content[kind]
		if !there {
			t.Fatalf("%s: %d %s is not described", call, status, kind)
		}
		var value any
		ok(t, json.Unmarshal([]byte(a.body), &value))
		for _, p := range doc.faults(media.Schema, value, "$") {
			t.Errorf("%s %d: %s", call, status, p)
		}
		return a
	}
	const get, post = "get /periods/{period}/units/{unit}", "post /periods/{period}/units/{unit}/acts/{act}"
	d := decode[dossierJSON](t, check(get, s.get(actAPI, s.as("xa")), 200))
	if d.Status != "not-registered" || len(d.Acts) == 0 || d.Acts[0].Act != "register" || d.Next[0].Act != "register" || *d.Until != "2026-11-05" || d.Teams != nil {
		t.Errorf("to the unit: %+v", d)
	}
	check(get, s.get(actAPI), 401)
	check(get, s.get(actAPI, s.as("xa-khac")), 403)
	check(get, s.get("/api/v1/periods/1999/units/"+testUnit, s.as("quan-ly")), 404)

	check(post, s.call("xa", "register", "", `{"self": "10"}`), 422)
	check(post, s.call("xa", "register", `"99"`, `{"self": "30", "conditions": ["dk1"]}`), 412)
	check(post, s.call("xa", "register", "", `{"selv": "30"}`), 422)
	check(post, s.call("xa", "fly", "", `{}`), 404)
	check(post, s.call("tv-a", "register", "", `{}`), 403)
	check(post, s.call("xa", "submit", "", `{}`), 409)
	a := check(post, s.call("xa", "register", `"0"`, `{"self": "30", "conditions": ["dk1"]}`), 200)
	if a.Header.Get("ETag") != `"1"` || decode[dossierJSON](t, a).Status != "registered" {
		t.Errorf("registered: %s %s", a.Header.Get("ETag"), a.body)
	}
	check(post, s.call("xa", "register", `"0"`, `{"self": "30", "conditions": ["dk1"]}`), 200) // the same again
	if rev := s.dossier().Rev; rev != 1 {
		t.Errorf("done twice: rev %d", rev)
	}
	s.change(func(d *dossier.Dossier) {
		d.Status = dossier.Completion
		d.Completions = []dossier.Request{{Text: "Thiếu", At: testNow}}
	})
	d = decode[dossierJSON](t, check(get, s.get(actAPI, s.as("xa")), 200))
	if i := slices.IndexFunc(d.Acts, func(a actJSON) bool { return a.Act == "resubmit" }); i < 0 || len(d.Acts[i].Lacks) < 8 || d.Asked == nil {
		t.Errorf("resubmitting lacks: %+v", d.Acts)
	}
	s.change(func(d *dossier.Dossier) { d.Status, d.Stage = dossier.Appraisal, "district" })
	d = decode[dossierJSON](t, check(get, s.get(actAPI, s.as("tv-a")), 200))
	if len(d.Teams) != 2 || d.Stages[1].Total == nil || d.Stages[2].Total != nil {
		t.Errorf("to a member: %+v", d)
	}
}
