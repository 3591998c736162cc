package main

import "strings"

// csvText makes a name, a title, a free text or a code safe in a CSV file that
// people open in a spreadsheet: one that would start a formula gets a leading
// apostrophe. Codes of stored units begin with a letter or digit and stay as
// they are; figures do not go through here.
func csvText(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		return "'" + s
	}
	return s
}
