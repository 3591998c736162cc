package site

import (
	"strings"

	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// placeErrors puts every problem beside its field, or at the nearest part
// around it that is on the page, and lists them all.
func placeErrors(p *view.Editor, d *draft, problems []fault.Problem) {
	places := placesOf(p)
	for _, problem := range problems {
		text, path := editorText(problem), d.rowOf(problem.Path)
		for places[path] == nil && path != "" {
			path = path[:max(0, strings.LastIndexAny(path, ".["))]
		}
		if at := places[path]; at != nil {
			*at.error = strings.TrimSpace(*at.error + " " + text)
			text = at.name + text
			for _, n := range at.open {
				n.Open = true
			}
		}
		p.Errors = append(p.Errors, view.FieldError{Field: path, Message: text})
	}
}

// rowOf turns the path of a group's floor, which goes by the group's code, into
// the path of its row.
func (d *draft) rowOf(path string) string {
	code, ok := strings.CutPrefix(path, "recognition.groups.")
	if !ok {
		return path
	}
	for i := len(d.rows["recognition.groups"]) - 1; i >= 0; i-- { // of two the later one is wrong
		if d.rows["recognition.groups"][i]["group"] == code {
			return nth("recognition.groups", i) + ".group"
		}
	}
	return "recognition.groups"
}

// errorPlace is where a page can show an error.
type errorPlace struct {
	error *string
	name  string           // of the node and field, for the list of errors
	open  []*view.EditNode // details to open
}

func placesOf(p *view.Editor) map[string]*errorPlace {
	places := map[string]*errorPlace{}
	addFields(places, p.Fields, "", nil)
	addFields(places, p.Floors, "", nil)
	places["tie_break"] = &errorPlace{error: &p.TieBreak.Error, name: p.TieBreak.Label + ": "}
	addTables(places, []view.EditTable{p.Papers, p.Facts}, "", nil)
	for _, t := range []*view.EditTable{&p.Papers, &p.Facts} {
		places[t.Path] = &errorPlace{error: &t.Error, name: t.Label + ": "}
	}
	addTables(places, p.Tables, "", nil)
	for i := range p.Groups {
		addNode(places, &p.Groups[i])
	}
	return places
}

func addFields(places map[string]*errorPlace, list []view.EditField, name string, open []*view.EditNode) {
	for i := range list {
		f := &list[i]
		places[f.Name] = &errorPlace{error: &f.Error, name: name + f.Label + ": ", open: open}
	}
}

func addTables(places map[string]*errorPlace, list []view.EditTable, name string, open []*view.EditNode) {
	for i := range list {
		t := &list[i]
		places[t.Path] = &errorPlace{error: &t.Error, name: name + t.Label + ": ", open: open}
		for _, row := range t.Rows {
			addFields(places, row.Cells, name+t.Label+", ", open)
		}
	}
}

func addNode(places map[string]*errorPlace, n *view.EditNode) {
	name := vi.Text("editor.inCriterion", n.Name)
	if n.Group {
		name = vi.Text("editor.inGroup", n.Name)
	}
	places[n.Path] = &errorPlace{error: &n.Error, name: name}
	for _, f := range []*view.EditField{&n.Code, &n.Title, &n.Max, &n.Type} {
		if f.Name != "" {
			places[f.Name] = &errorPlace{error: &f.Error, name: name + f.Label + ": "}
		}
	}
	addFields(places, n.Fields, name, []*view.EditNode{n})
	addFields(places, n.More, name, []*view.EditNode{n})
	addTables(places, n.Tables, name, []*view.EditNode{n})
	for i := range n.Children {
		addNode(places, &n.Children[i])
	}
}
