package xlsx

import (
	"bytes"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/survey"
)

// rowBuffer is how many bytes of rows are handed to the compressor at a time.
const rowBuffer = 64 << 10

// rowWriter writes the rows of the data sheets as sheet XML. The one way in for
// text is an inline string, so no answer can become a formula.
type rowWriter struct {
	limit   int // rows of a sheet
	form    *survey.Form
	columns []survey.Column
	day     int      // the style of a date
	names   []string // of the columns: A, B, …
	w       io.Writer
	b       []byte
	row     int    // written into this sheet
	number  []byte // of the row, as text
	text    []byte
}

// run writes every row and returns the checksum. next gives the sheet to write
// into; nil when there is none left.
func (o *rowWriter) run(r ResponsesBook, next func() (io.Writer, error)) (sum string, err error) {
	for i := range len(fixedColumns()) + len(o.columns) {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return "", err
		}
		o.names = append(o.names, name)
	}
	if err := o.begin(next); err != nil {
		return "", err
	}
	n := int64(0)
	sum, err = r.Each(func(row ExportRow) error {
		if o.row == o.limit {
			if err := o.begin(next); err != nil {
				return err
			}
		}
		n++
		return o.write(n, row)
	})
	if err == nil && n != r.Rows {
		err = errRows()
	}
	if err == nil {
		err = o.flush()
	}
	return sum, err
}

// begin starts the next sheet with its head.
func (o *rowWriter) begin(next func() (io.Writer, error)) error {
	if err := o.flush(); err != nil {
		return err
	}
	w, err := next()
	if err == nil && w == nil {
		err = errRows()
	}
	if err != nil {
		return err
	}
	o.w, o.row = w, 0
	o.open()
	i := 0
	for _, c := range fixedColumns() {
		o.string(i, []byte(c.code))
		i++
	}
	for _, c := range o.columns {
		o.string(i, []byte(c.Key))
		i++
	}
	o.b = append(o.b, "</row>"...)
	return nil
}

func (o *rowWriter) flush() error {
	if len(o.b) == 0 {
		return nil
	}
	_, err := o.w.Write(o.b)
	o.b = o.b[:0]
	return err
}

// open begins a row.
func (o *rowWriter) open() {
	o.row++
	o.number = strconv.AppendInt(o.number[:0], int64(o.row), 10)
	o.b = append(append(append(o.b, `<row r="`...), o.number...), `">`...)
}

func (o *rowWriter) write(n int64, r ExportRow) error {
	o.open()
	o.int(0, n)
	for i, s := range [...]string{r.Unit, r.UnitName, r.Group, r.Channel} {
		o.string(1+i, []byte(s))
	}
	o.date(5, r.Day)
	if r.Minutes > 0 {
		o.int(6, r.Minutes)
	}
	if r.Flags != "" {
		o.string(7, []byte(r.Flags))
	}
	if r.Excluded {
		o.int(8, 1)
	}
	const first = 9
	if err := o.form.EachCell(r.Answers, func(c survey.Cell) {
		o.text = c.AppendText(o.text[:0])
		day, isDay := c.Day()
		switch {
		case isDay && day >= firstDay:
			o.date(first+c.Column, day)
		case o.columns[c.Column].Numeric:
			o.begins(first + c.Column)
			o.b = append(append(append(o.b, `"><v>`...), o.text...), `</v></c>`...)
		default:
			o.string(first+c.Column, o.text)
		}
	}); err != nil {
		return err
	}
	o.b = append(o.b, "</row>"...)
	if len(o.b) < rowBuffer {
		return nil
	}
	return o.flush()
}

// excelEpoch is 1970-01-01 as spreadsheets count days; they know no dates
// before March 1900 that all of them agree on.
const (
	excelEpoch = 25569
	firstDay   = 61 - excelEpoch
)

func (o *rowWriter) begins(column int) {
	o.b = append(append(append(o.b, `<c r="`...), o.names[column]...), o.number...)
}

func (o *rowWriter) int(column int, n int64) {
	o.begins(column)
	o.b = append(strconv.AppendInt(append(o.b, `"><v>`...), n, 10), `</v></c>`...)
}

func (o *rowWriter) date(column int, day int64) {
	o.begins(column)
	o.b = strconv.AppendInt(append(o.b, `" s="`...), int64(o.day), 10)
	o.b = append(strconv.AppendInt(append(o.b, `"><v>`...), day+excelEpoch, 10), `</v></c>`...)
}

func (o *rowWriter) string(column int, text []byte) {
	o.begins(column)
	o.b = append(o.b, `" t="inlineStr"><is><t`...)
	if len(text) > 0 && (text[0] <= ' ' || text[len(text)-1] <= ' ' || bytes.IndexByte(text, '\n') >= 0) {
		o.b = append(o.b, ` xml:space="preserve"`...)
	}
	o.b = append(escapeText(append(o.b, '>'), text), `</t></is></c>`...)
}

// escapeText appends text as sheet XML. Control characters, which answers never
// have, are left out; "_x0041_" would be read as a letter.
func escapeText(b, text []byte) []byte {
	for i, c := range text {
		switch {
		case c == '&':
			b = append(b, "&amp;"...)
		case c == '<':
			b = append(b, "&lt;"...)
		case c == '>':
			b = append(b, "&gt;"...)
		case c == '_' && escaped(text[i:]):
			b = append(b, "_x005F_"...)
		case c < ' ' && c != '\n' && c != '\t':
		default:
			b = append(b, c)
		}
	}
	return b
}

// escaped reports whether text begins like the spreadsheet's "_x0041_".
func escaped(text []byte) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return err == nil
}
