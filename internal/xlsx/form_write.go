package xlsx

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"time"

	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// WriteForm writes a survey form as a workbook that an official can edit and
// ReadForm reads back without loss; its further languages stay in their files.
// The headings are locked; cells with few possible values offer them.
func WriteForm(w io.Writer, form *survey.Form) error {
	b := &criteriaBook{book: newBook(form.Title, time.Unix(0, 0))}
	b.unlock()
	b.formInfo(form)
	b.table(formScaleFields(), scaleRows(form), nil)
	questions, options := questionRows(form)
	b.table(formQuestionFields(), questions, nil)
	b.table(formOptionFields(), options, nil)
	b.formNotes()
	b.stampSheet(formFormat, FormStamp(form))
	return b.write(w)
}

// FormStamp is the stamp of a form, further languages aside.
func FormStamp(form *survey.Form) Stamp {
	plain := *form
	plain.Languages = nil
	sum := sha256.Sum256(plain.YAML())
	return Stamp{ID: form.ID, Version: form.Version, Sum: hex.EncodeToString(sum[:])}
}

// stampSheet writes the hidden sheet that says what the workbook was made from.
func (b *criteriaBook) stampSheet(format string, stamp Stamp) {
	s := b.sheet(stampSheet, 20, 70)
	for i, line := range [][2]string{{"format", format}, {"id", stamp.ID}, {"version", strconv.Itoa(stamp.Version)}, {"sha256", stamp.Sum}} {
		s.text(i+1, 1, line[0], style{})
		s.text(i+1, 2, line[1], style{})
	}
	s.before = append(s.before, func() error { return b.file.SetSheetVisible(stampSheet, false, true) })
}

func (b *criteriaBook) formInfo(form *survey.Form) {
	values := row{}
	values.put("id", form.ID)
	values.put("version", strconv.Itoa(form.Version))
	values.put("title", form.Title)
	values.put("respondents", strings.Join(form.Respondents, ", "))
	values.put("intro", form.Intro)
	values.put("consent", form.Consent)
	values.put("index.method", string(form.Index.Method))
	values.put("index.questions", strings.Join(form.Index.Questions, ", "))
	for _, w := range form.Index.GroupWeights {
		values.put(keyWeights+w.Group, w.Weight.String())
	}
	l := formInfoFields()
	s := b.sheet(l.sheet, 26, 30, 80, 50)
	for i, key := range []string{"xlsx.infoKey", "xlsx.infoName", "xlsx.infoValue", "xlsx.infoNote"} {
		s.text(1, i+1, vi.Text(key), headLook())
	}
	for i, f := range l.fields {
		line := i + 2
		s.text(line, 1, f.key, style{border: true})
		s.text(line, 2, f.title, textLook().strong())
		s.set(line, 3, valueCell(f, values[f.key]))
		s.text(line, 4, f.note, style{italic: true, wrap: true, border: true})
		s.fit(line)
		if len(f.words) > 0 {
			s.choose(area(line, 3, line, 3, false), f.choices())
		}
	}
	s.freeze = [2]int{1, 2}
	s.protect()
}

func scaleRows(form *survey.Form) []row {
	var rows []row
	for _, s := range form.Scales {
		for _, o := range s.Options {
			r := row{keyScaleName: s.Name, "code": o.Code, "label": o.Label}
			if o.Valued {
				r.put("value", o.Value.String())
			}
			r.yes("satisfied", o.Satisfied)
			rows = append(rows, r)
		}
	}
	return rows
}

// yes puts a flag that is set.
func (r row) yes(key string, set bool) {
	if set {
		r[key] = "true"
	}
}

func questionRows(form *survey.Form) (questions, options []row) {
	for i := range form.Sections {
		for j := range form.Sections[i].Questions {
			q := &form.Sections[i].Questions[j]
			r := questionRow(q)
			r.put(keySection, strconv.Itoa(i+1))
			if j == 0 {
				r.put(keyTitle, form.Sections[i].Title)
			}
			questions = append(questions, r)
			if q.Kind == survey.Scale {
				continue
			}
			for _, o := range q.Options {
				options = append(options, row{keyQuestion: q.Code, "code": o.Code, "label": o.Label})
			}
		}
	}
	return questions, options
}

func questionRow(q *survey.Question) row {
	r := row{"code": q.Code, "kind": string(q.Kind), "text": q.Text}
	r.yes("required", q.Required)
	r.yes("other", q.Other)
	r.put("scale", q.Scale)
	if q.Kind == survey.Scale && q.Weight != survey.Int(1) {
		r.put("weight", q.Weight.String())
	}
	if q.Min != nil {
		r.put("min", q.Min.String())
	}
	if q.Max != nil {
		r.put("max", q.Max.String())
	}
	if q.Kind == survey.Text {
		r.put("max_length", strconv.Itoa(q.MaxLength))
	}
	if q.ShowIf != nil {
		r.put("show_if.question", q.ShowIf.Question)
		r.put("show_if.in", strings.Join(q.ShowIf.In, ", "))
	}
	return r
}

// formNotes explains the workbook to the official who edits it.
func (b *criteriaBook) formNotes() {
	s := b.sheet(vi.Text("xlsx.sheetNotes"), 100)
	s.continued = true
	s.line(1, 1, 1, vi.Text("builder.book.notesTitle"), style{size: sizeTitle, bold: true})
	for i, text := range strings.Split(vi.Text("builder.book.notes"), "\n") {
		s.line(i+2, 1, 1, text, style{size: 12})
	}
}
