package site

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/account"
)

type apiDocument struct {
	Paths      map[string]map[string]apiCall `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type apiCall struct {
	Responses map[string]struct {
		Content map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
}

// schema is the part of JSON Schema that the document uses.
type schema map[string]any

func documentOf(t *testing.T, s *testSite) apiDocument {
	t.Helper()
	return decode[apiDocument](t, s.get("/api/v1/openapi.json").want(t, 200))
}

// The document names exactly the calls there are.
func TestOpenAPIRoutes(t *testing.T) {
	s := newSite(t)
	var served, described []string
	param := regexp.MustCompile(`:(\w+)`)
	for _, r := range s.app.GetRoutes(true) {
		path, api := strings.CutPrefix(r.Path, "/api/v1")
		if !api || r.Method == "HEAD" {
			continue
		}
		path = strings.ReplaceAll(path, `\:`, "\x00")
		path = strings.ReplaceAll(param.ReplaceAllString(path, "{$1}"), "\x00", ":")
		served = append(served, r.Method+" "+path)
	}
	for path, calls := range documentOf(t, s).Paths {
		for method := range calls {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(described)
	if diff := cmp.Diff(slices.Compact(served), described); diff != "" {
		t.Errorf("-served +described\n%s", diff)
	}
}

// What the calls answer has the described shape and status.
func TestOpenAPIAnswers(t *testing.T) {
	s, cookies := staffSite(t)
	doc := documentOf(t, s)
	me, admin := cookies[account.Appraiser], cookies[account.Admin]
	sheet := `{"group": "resident", "answers": {"q1": "5", "q2": "5"}}`
	batch := func(body string) answer {
		boss := cookies[account.Manager]
		return s.do("POST", "/api/v1/campaigns/"+testCampaign+"/responses:batch", strings.NewReader(body),
			"Content-Type", "application/json", "X-CSRF-Token", s.csrf(boss), "Cookie", boss.Name+"="+boss.Value)
	}
	for _, c := range []struct {
		call string
		got  answer
	}{
		{"get /campaigns/{campaign}/form", s.get("/api/v1/campaigns/" + testCampaign + "/form")},
		{"get /campaigns/{campaign}/form", s.get("/api/v1/campaigns/khong-co/form")},
		{"post /campaigns/{campaign}/units/{unit}/responses", s.postJSON(sheet, headerKey, "k")},
		{"post /campaigns/{campaign}/units/{unit}/responses", s.postJSON(sheet, headerKey, "k")},
		{"post /campaigns/{campaign}/units/{unit}/responses", s.postJSON(`{"group": "nobody", "answers": {}}`)},
		{"post /campaigns/{campaign}/units/{unit}/responses", s.postJSON(`{`)},
		{"post /campaigns/{campaign}/responses:batch", batch(`{"items": [{"key": "a", "unit": "` + testUnit + `", "group": "resident", "answers": {"q1": "5", "q2": "5"}}, {"key": "b", "unit": "00000", "group": "x", "answers": {}}]}`)},
		{"post /campaigns/{campaign}/responses:batch", batch(`{"items": []}`)},
		{"get /campaigns/{campaign}/tally", s.get("/api/v1/campaigns/"+testCampaign+"/tally", me)},
		{"get /campaigns/{campaign}/tally", s.get("/api/v1/campaigns/" + testCampaign + "/tally")},
		{"get /periods/{period}/ranking", s.get("/api/v1/periods/2026/ranking", me)},
		{"get /periods/{period}/ranking.xlsx", s.get("/api/v1/periods/2026/ranking.xlsx", me)},
		{"get /periods/{period}/target", s.get("/api/v1/periods/2026/target", me)},
		{"get /periods/{period}/units/{unit}/marks", s.get(marksURL, me)},
		{"put /periods/{period}/units/{unit}/marks", s.put(me, `"1"`, `{"marks": {"1.1.1": {"points": 4}}}`)},
		{"put /periods/{period}/units/{unit}/marks", s.put(me, ``, `{"marks": {}}`)},
		{"put /periods/{period}/units/{unit}/marks", s.put(me, `"2"`, `{"marks": {"1.1.1": {"points": 400}}}`)},
		{"get /audit", s.get("/api/v1/audit", admin)},
		{"put /periods/{period}/units/{unit}/marks", s.put(me, `"2"`, `{"marks":`)},
		{"put /periods/{period}/units/{unit}/marks", s.put(me, `"2"`, `{"notes": {"1.1.1": "`+strings.Repeat("x", MaxBody)+`"}}`)},
		{"put /periods/{period}/units/{unit}/marks", s.do("PUT", marksURL, strings.NewReader("{}"), "X-CSRF-Token", s.csrf(me), "Cookie", me.Name+"="+me.Value)},
		{"get /audit", s.get("/api/v1/audit", me)},
		{"get /audit", s.get("/api/v1/audit?after=hom-qua", admin)},
	} {
		method, path, _ := strings.Cut(c.call, " ")
		status := fmt.Sprint(c.got.StatusCode)
		described, there := doc.Paths[path][method].Responses[status]
		if !there {
			t.Errorf("%s answers %s, which is not described: %s", c.call, status, c.got.body)
			continue
		}
		kind, _, _ := strings.Cut(c.got.Header.Get("Content-Type"), ";")
		media, there := described.Content[kind]
		if !there {
			t.Errorf("%s %s answers %q, described are %v", c.call, status, kind, slices.Collect(maps.Keys(described.Content)))
			continue
		}
		if !strings.HasSuffix(kind, "json") {
			continue
		}
		var value any
		ok(t, json.Unmarshal([]byte(c.got.body), &value))
		for _, p := range doc.faults(media.Schema, value, "$") {
			t.Errorf("%s %s: %s", c.call, status, p)
		}
	}
}

// faults lists where a value is not as a schema says.
func (d apiDocument) faults(s schema, v any, at string) (list []string) {
	if name, ok := s["$ref"].(string); ok {
		return d.faults(d.Components.Schemas[name[strings.LastIndex(name, "/")+1:]], v, at)
	}
	if choices, ok := s["anyOf"].([]any); ok {
		for _, one := range choices {
			if list = d.faults(one.(map[string]any), v, at); len(list) == 0 {
				return nil
			}
		}
		return list
	}
	if !typeFits(s["type"], v) {
		return []string{fmt.Sprintf("%s is %T, not %v", at, v, s["type"])}
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, v) {
		list = append(list, fmt.Sprintf("%s is %v, not one of %v", at, v, enum))
	}
	switch v := v.(type) {
	case []any:
		if items, ok := s["items"].(map[string]any); ok {
			for i, e := range v {
				list = append(list, d.faults(items, e, fmt.Sprint(at, "[", i, "]"))...)
			}
		}
	case map[string]any:
		list = append(list, d.memberFaults(s, v, at)...)
	}
	return list
}

func (d apiDocument) memberFaults(s schema, v map[string]any, at string) (list []string) {
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	for _, name := range required {
		if _, there := v[name.(string)]; !there {
			list = append(list, at+" lacks "+name.(string))
		}
	}
	for name, e := range v {
		inner, known := properties[name].(map[string]any)
		if !known {
			if s["additionalProperties"] == false {
				list = append(list, at+" has an undescribed "+name)
				continue
			}
			inner, _ = s["additionalProperties"].(map[string]any)
		}
		list = append(list, d.faults(inner, e, at+"."+name)...)
	}
	return list
}

// typeFits reports whether a decoded value has one of the schema's types.
func typeFits(want any, v any) bool {
	switch want := want.(type) {
	case nil:
		return true
	case []any:
		return slices.ContainsFunc(want, func(w any) bool { return typeFits(w, v) })
	case string:
		switch v := v.(type) {
		case nil:
			return want == "null"
		case bool:
			return want == "boolean"
		case string:
			return want == "string"
		case float64:
			return want == "number" || want == "integer" && v == float64(int64(v))
		case []any:
			return want == "array"
		}
		return want == "object"
	}
	return false
}
