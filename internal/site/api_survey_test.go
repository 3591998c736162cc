package site

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

const responsesURL = "/api/v1/campaigns/" + testCampaign + "/units/" + testUnit + "/responses"

func (s *testSite) postJSON(body string, header ...string) answer {
	s.tb.Helper()
	return s.do("POST", responsesURL, strings.NewReader(body), append([]string{"Content-Type", "application/json"}, header...)...)
}

func TestAPIResponse(t *testing.T) {
	s := newSite(t)
	first := s.postJSON(benchBody, "Idempotency-Key", "a-1").want(t, 201)
	again := s.postJSON(benchBody, "Idempotency-Key", "a-1").want(t, 200)
	if first.body != again.body {
		t.Errorf("%s and %s", first.body, again.body)
	}
	var got receiptJSON
	ok(t, json.Unmarshal([]byte(first.body), &got))
	if len(got.Receipt) != store.ReceiptSize {
		t.Errorf("receipt %q", got.Receipt)
	}
	if other := s.postJSON(benchBody).want(t, 201); other.body == first.body {
		t.Error("two responses without a key share a receipt")
	}
	list := s.stored()
	if len(list) != 2 || list[0].Seconds != 90 || list[0].Channel != survey.API {
		t.Errorf("stored %+v", list)
	}
	s.get("/bien-nhan?ma="+got.Receipt).want(t, 200)
}

func TestAPIResponseRefused(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		status int
		fields []string
	}{
		"not JSON":          {`{"group": "resident",`, 400, nil},
		"no UTF-8":          {"{\"group\": \"\xff\"}", 400, nil},
		"rubbish behind":    {`{"group": "resident", "answers": {"q1": "5"}} x`, 400, nil},
		"deep":              {strings.Repeat("[", 1000), 400, nil},
		"not an object":     {`[1]`, 400, nil},
		"empty":             {``, 400, nil},
		"unknown field":     {`{"group": "resident", "answers": {"q1": "5"}, "phone": "09"}`, 422, []string{"phone"}},
		"all that is wrong": {`{"group": "king", "answers": {"q1": "9", "zz": 1}, "phone": "09"}`, 422, []string{"phone", "group", "q1", "zz"}},
		"group missing":     {`{"answers": {"q1": "9"}, "phone": "09"}`, 422, []string{"phone", "group", "q1"}},
		"nothing in it":     {`{}`, 422, []string{"group", "answers"}},
		"wrong types":       {`{"group": 5, "answers": [], "started_at": "hôm qua", "token": 3}`, 422, []string{"group", "answers", "started_at", "token"}},
		"outside scale":     {`{"group": "resident", "answers": {"q1": "9"}}`, 422, []string{"q1"}},
		"unknown question":  {`{"group": "resident", "answers": {"q1": "5", "zz": 1}}`, 422, []string{"zz"}},
		"unknown group":     {`{"group": "king", "answers": {"q1": "5"}}`, 422, []string{"group"}},
		"no answers":        {`{"group": "resident", "answers": {}}`, 422, []string{"q1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			res := s.postJSON(c.body).want(t, c.status)
			var p problemJSON
			ok(t, json.Unmarshal([]byte(res.body), &p))
			if p.Status != c.status || p.Title == "" || p.RequestID == "" || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json") {
				t.Errorf("problem %+v, content type %q", p, res.Header.Get("Content-Type"))
			}
			var fields []string
			for _, e := range p.Errors {
				fields = append(fields, e.Field)
				if e.Message == "" || strings.HasPrefix(e.Message, "public.") || strings.HasPrefix(e.Message, "survey.") {
					t.Errorf("message %q", e.Message)
				}
			}
			if diff := cmp.Diff(c.fields, fields); diff != "" {
				t.Error(diff)
			}
			if len(s.stored()) != 0 {
				t.Error("something was stored")
			}
		})
	}
}

func TestAPIStatuses(t *testing.T) {
	s := newSite(t)
	s.do("POST", responsesURL, strings.NewReader(benchBody), "Content-Type", "text/plain").want(t, 415)
	s.do("POST", strings.Replace(responsesURL, testUnit, "99999", 1), strings.NewReader(benchBody), "Content-Type", "application/json").want(t, 404)
	s.do("POST", strings.Replace(responsesURL, testCampaign, "khong-co", 1), strings.NewReader(benchBody), "Content-Type", "application/json").want(t, 404)
	s.postJSON(`{"group":"`+strings.Repeat("x", MaxAnswerBody)+`"}`).want(t, 413)
	s.postJSON(benchBody, "Idempotency-Key", strings.Repeat("k", MaxKey+1)).want(t, 422)
	*s.now = testNow.AddDate(0, 0, 20)
	closed := s.postJSON(benchBody).want(t, 410).problem(t)
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	if !strings.Contains(closed.Title, vi.DateTime(c.Opens)) || !strings.Contains(closed.Title, vi.DateTime(c.Closes)) {
		t.Errorf("closed without its dates: %q", closed.Title)
	}
	*s.now = testNow.AddDate(0, 0, -10)
	s.postJSON(benchBody).want(t, 409)
}

func TestAPIForm(t *testing.T) {
	s := newSite(t)
	res := s.get("/api/v1/campaigns/"+testCampaign+"/form").want(t, 200)
	var got campaignJSON
	ok(t, json.Unmarshal([]byte(res.body), &got))
	if got.Campaign != testCampaign || len(got.Units) != 10 || got.Units[0] != (unitJSON{"07210", "Phường Minh Họa 07"}) || got.Form.ID != "pks07" {
		t.Errorf("campaign %q, %d units, form %q", got.Campaign, len(got.Units), got.Form.ID)
	}
	scale := got.Form.Scales["hai-long-5"]
	if len(scale) != 6 || scale[0].Value != "100" || !scale[0].Satisfied || scale[5].Value != "" {
		t.Errorf("scale %+v", scale)
	}
	q := got.Form.Sections[0].Questions
	if q[0].Scale != "hai-long-5" || !q[0].Required || q[0].Options != nil || q[1].ShowIf == nil || !q[1].Other || len(q[1].Options) != 5 {
		t.Errorf("questions %+v", q[:2])
	}
	s.get("/api/v1/campaigns/khong-co/form").want(t, 404)
	*s.now = testNow.AddDate(0, 0, 20)
	s.get("/api/v1/campaigns/"+testCampaign+"/form").want(t, 410)
}

// FuzzParseResponse holds the reader to encoding/json: both refuse the same
// texts, and read the same values.
func FuzzParseResponse(f *testing.F) {
	for _, seed := range []string{
		benchBody, `{}`, `null`, `{"answers":{"q":[1,-2.5e+10,true,false,null,"\u00e0\ud83d\ude00\ud800x\n"]}}`, `{"a":01}`, `{"a":1.}`, `[`, `{"a":"\x"}`, `{"a":"` + "\t" + `"}`,
		`{"answers":{"q":{"code":"other","text":"x"}}}`, `{"group":"a","group":"b"}`, `-`, `"\ud800\ud801"`, `{"a":1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := jsonReader{data: data}
		got := r.value(0)
		mine := r.end()
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		var want any
		err := dec.Decode(&want)
		if err == nil {
			if _, more := dec.Token(); more != io.EOF {
				err = io.ErrUnexpectedEOF
			}
		}
		if strings.ToValidUTF8(string(data), "") != string(data) {
			return // parseResponse refuses these before
		}
		if mine && err != nil {
			t.Fatalf("%q: read as %v, encoding/json refuses: %v", data, got, err)
		}
		if !mine && err == nil && depth(want) <= maxDepth {
			t.Fatalf("%q: refused at %d, encoding/json reads %v", data, r.at, want)
		}
		if diff := cmp.Diff(want, got); mine && diff != "" {
			t.Fatalf("%q: %s", data, diff)
		}
		_, _ = parseResponse(data)
	})
}

func depth(v any) int {
	most := 0
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			most = max(most, depth(e))
		}
	case map[string]any:
		for _, e := range v {
			most = max(most, depth(e))
		}
	default:
		return 0
	}
	return most + 1
}
