package load

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"thanthien/internal/fault"
)

// Token is a one-use token to answer with. Without a unit it goes to the units
// in turn, which suits a campaign of one unit.
type Token struct{ Text, Unit, Group string }

// ReadTokens reads one token a line, or the CSV of a batch: columns token,
// unit and group in any order, others left out.
func ReadTokens(r io.Reader) ([]Token, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = -1
	columns := map[string]int{"token": 0}
	var list []Token
	for first := true; ; first = false {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "load.tokens")
		}
		if first && isHead(row) {
			columns = map[string]int{}
			for i, name := range row {
				columns[clean(name)] = i
			}
			continue
		}
		field := func(name string) string {
			if i, ok := columns[name]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		if t := (Token{field("token"), field("unit"), field("group")}); t.Text != "" {
			list = append(list, t)
		}
	}
	if len(list) == 0 {
		return nil, fault.New(fault.Invalid, "load.tokens")
	}
	return list, nil
}

func isHead(row []string) bool {
	for _, name := range row {
		if clean(name) == "token" {
			return true
		}
	}
	return false
}

// clean is a column's name without a byte order mark.
func clean(name string) string {
	return strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
}
