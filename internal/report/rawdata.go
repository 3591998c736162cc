package report

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"hash"
	"io"
	"runtime"
	"strconv"
	"strings"
	"time"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// RawFormats are the forms in which a campaign's responses can be had.
func RawFormats() []string { return []string{"xlsx", "csv", "ndjson"} }

// politeRows is how many rows are written before other work gets its turn.
const politeRows = 256

// RawData is the responses of a campaign on their way out.
type RawData struct {
	Campaign survey.Campaign
	Form     *survey.Form
	Set      *store.ResponseSet
	Names    map[string]string // of the units, by code
	Made     time.Time
	// Progress, when not nil, is told the rows written so far; an error ends it.
	Progress func(rows int64) error
	// Sheet is how many rows a sheet has, for tests; 0: as many as possible.
	Sheet int
}

// NewRawData prepares the responses of a campaign as they are now.
func NewRawData(ctx context.Context, s *store.Store, campaign string) (*RawData, error) {
	c, err := s.Campaign(ctx, campaign)
	if err != nil {
		return nil, err
	}
	d := &RawData{Campaign: c, Names: map[string]string{}, Made: s.Now()}
	if d.Form, err = s.Form(ctx, c.FormID, c.FormVer); err != nil {
		return nil, err
	}
	units, err := s.Units(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		d.Names[u.Code] = u.Name
	}
	d.Set, err = s.ResponseSet(ctx, &c)
	return d, err
}

// Write writes the data in one of RawFormats and returns its checksum: the
// SHA-256, in hex, of all its lines of JSON, as the format ndjson has them.
func (d *RawData) Write(ctx context.Context, w io.Writer, format string) (sum string, err error) {
	switch format {
	case "xlsx":
		return d.workbook(ctx, w)
	case "csv":
		return d.csv(ctx, w)
	case "ndjson":
		return d.lines(ctx, w)
	}
	return "", fault.New(fault.Invalid, "export.format", format)
}

// each calls do with every row, its line of JSON and its number.
func (d *RawData) each(ctx context.Context, do func(r *store.ResponseRow, line []byte, n int64) error) (sum string, err error) {
	h, line, keys := sha256.New(), []byte(nil), d.keys()
	n := int64(0)
	for r, err := range d.Set.Rows(ctx) {
		if err != nil {
			return "", err
		}
		n++
		if line, err = d.line(line[:0], r, keys); err != nil {
			return "", err
		}
		h.Write(line)
		if err := do(r, line, n); err != nil {
			return "", err
		}
		if n%politeRows != 0 {
			continue
		}
		runtime.Gosched()
		if d.Progress != nil {
			if err := d.Progress(n); err != nil {
				return "", err
			}
		}
	}
	return sumOf(h), nil
}

func sumOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// keys are the columns' names as JSON, each with its colon.
func (d *RawData) keys() [][]byte {
	var keys [][]byte
	for _, c := range d.Form.Columns() {
		keys = append(keys, append(survey.AppendJSONText(nil, []byte(c.Key)), ':'))
	}
	return keys
}

// line appends the canonical line of a response, its end included.
func (d *RawData) line(b []byte, r *store.ResponseRow, keys [][]byte) ([]byte, error) {
	b = survey.AppendJSONText(append(b, `{"unit":`...), []byte(r.Unit))
	b = survey.AppendJSONText(append(b, `,"group":`...), []byte(r.Group))
	b = survey.AppendJSONText(append(b, `,"channel":`...), []byte(r.Channel))
	b = append(time.Unix(r.Day*secondsOfDay, 0).UTC().AppendFormat(append(b, `,"day":"`...), time.DateOnly), '"')
	if r.Minutes > 0 {
		b = strconv.AppendInt(append(b, `,"minutes":`...), r.Minutes, 10)
	}
	if r.Flags != 0 {
		b = append(append(append(b, `,"flags":["`...), strings.Join(r.Flags.Names(), `","`)...), `"]`...)
	}
	if r.Excluded {
		b = append(b, `,"excluded":true`...)
	}
	b = append(b, `,"answers":{`...)
	first := true
	err := d.Form.EachCell(r.Answers, func(c survey.Cell) {
		if !first {
			b = append(b, ',')
		}
		b, first = c.AppendJSON(append(b, keys[c.Column]...)), false
	})
	return append(b, "}}\n"...), err
}

const secondsOfDay = 24 * 60 * 60

func (d *RawData) lines(ctx context.Context, w io.Writer) (string, error) {
	b := bufio.NewWriterSize(w, 64<<10)
	sum, err := d.each(ctx, func(_ *store.ResponseRow, line []byte, _ int64) error {
		_, err := b.Write(line)
		return err
	})
	if err == nil {
		err = b.Flush()
	}
	return sum, err
}

// csv writes one row a response. Several options are separated by ";"; a text
// that a spreadsheet would take for a formula gets an apostrophe before it.
func (d *RawData) csv(ctx context.Context, w io.Writer) (string, error) {
	out := csv.NewWriter(w)
	head := []string{"unit", "group", "channel", "day", "minutes", "flags", "excluded"}
	fixed := len(head)
	for _, c := range d.Form.Columns() {
		head = append(head, c.Key)
	}
	if err := out.Write(head); err != nil {
		return "", err
	}
	record := make([]string, len(head))
	sum, err := d.each(ctx, func(r *store.ResponseRow, _ []byte, _ int64) error {
		clear(record)
		record[0], record[1], record[2] = SafeCSV(r.Unit), r.Group, string(r.Channel)
		record[3] = time.Unix(r.Day*secondsOfDay, 0).UTC().Format(time.DateOnly)
		if r.Minutes > 0 {
			record[4] = strconv.FormatInt(r.Minutes, 10)
		}
		record[5] = strings.Join(r.Flags.Names(), string(survey.MultiSeparator))
		if r.Excluded {
			record[6] = "1"
		}
		err := d.Form.EachCell(r.Answers, func(c survey.Cell) {
			text := string(c.AppendText(nil))
			if !c.IsNumber() {
				text = SafeCSV(text)
			}
			record[fixed+c.Column] = text
		})
		if err != nil {
			return err
		}
		return out.Write(record)
	})
	if err != nil {
		return "", err
	}
	out.Flush()
	return sum, out.Error()
}

// SafeCSV makes a text safe in a CSV file that people open in a spreadsheet:
// one that would start a formula gets a leading apostrophe.
func SafeCSV(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		return "'" + s
	}
	return s
}

func (d *RawData) workbook(ctx context.Context, w io.Writer) (sum string, err error) {
	book := xlsx.ResponsesBook{
		Title: vi.Text("export.title"), Made: d.Made, Form: d.Form, Rows: d.Set.Count, SheetRows: d.Sheet,
		Notes: d.notes(),
	}
	words := newWords()
	book.Each = func(yield func(xlsx.ExportRow) error) (string, error) {
		sum, err = d.each(ctx, func(r *store.ResponseRow, _ []byte, _ int64) error {
			return yield(xlsx.ExportRow{
				Unit: r.Unit, UnitName: d.Names[r.Unit], Group: words.of("group.", r.Group), Channel: words.of("channel.", string(r.Channel)), Flags: words.flags(r.Flags),
				Day: r.Day, Minutes: r.Minutes, Excluded: r.Excluded, Answers: r.Answers,
			})
		})
		return sum, err
	}
	err = xlsx.Responses(w, book)
	return sum, err
}

// notes say what the workbook holds.
func (d *RawData) notes() [][2]string {
	return [][2]string{
		{vi.Text("export.noteCampaign"), d.Campaign.Title + " (" + d.Campaign.ID + ")"},
		{vi.Text("export.noteForm"), d.Form.Title + " (" + store.Ref(d.Form.ID, d.Form.Version) + ")"},
		{vi.Text("export.noteTime"), vi.DateTime(d.Campaign.Opens) + " – " + vi.DateTime(d.Campaign.Closes)},
		{vi.Text("export.noteMade"), vi.DateTime(d.Made)},
		{vi.Text("export.noteWhat"), vi.Text("export.noteWhatText")},
		{vi.Text("export.noteSmall"), vi.Text("export.noteSmallText", survey.LeastCell)},
		{vi.Text("export.noteSum"), vi.Text("export.noteSumText", d.Campaign.ID)},
	}
}

// words remembers the words of codes.
type words struct {
	codes map[string]string
	marks map[survey.Flags]string
}

func newWords() words { return words{map[string]string{}, map[survey.Flags]string{}} }

func (w words) of(prefix, code string) string {
	s, ok := w.codes[code]
	if !ok {
		if s = code; vi.Has(prefix + code) {
			s = vi.Text(prefix + code)
		}
		w.codes[code] = s
	}
	return s
}

func (w words) flags(f survey.Flags) string {
	s, ok := w.marks[f]
	if !ok {
		var names []string
		for _, name := range f.Names() {
			names = append(names, vi.Text("export.flag."+name))
		}
		s = strings.Join(names, "; ")
		w.marks[f] = s
	}
	return s
}
