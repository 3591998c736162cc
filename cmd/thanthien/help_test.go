package main

import (
	"strings"
	"testing"
)

// The first word of commands of two words, and "help" before a command, lead
// on: to their usage and examples.
func TestHelpLeadsOn(t *testing.T) {
	for _, c := range []struct {
		call      string
		code      int
		out, errs string
		elsewhere string // what neither says
	}{
		{"units --help", exitOK, "example: thanthien units import", "", "criteria"},
		{"units -h", exitOK, "example: thanthien units list", "", "criteria"},
		{"help units", exitOK, "example: thanthien units list", "", "criteria"},
		{"help score", exitOK, "example: thanthien score", "", "units import"},
		{"help criteria diff", exitOK, "example: thanthien criteria diff", "", "units import"},
		{"units", exitUsage, "", "units import", "criteria"},
		{"units foo", exitUsage, "", "units import", "criteria"},
		{"foo", exitUsage, "", "units import", "\x00"},
		{"help foo", exitUsage, "", "units import", "\x00"},
		{"help", exitOK, "units import", "", "\x00"},
	} {
		code, out, errs := dispatched(t, strings.Fields(c.call)...)
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) || (out == "") != (c.out == "") || strings.Contains(out+errs, c.elsewhere) {
			t.Errorf("%s: exit %d\n%s%s", c.call, code, out, errs)
		}
	}
	for _, c := range commands() {
		code, out, errs := dispatched(t, append(strings.Fields(c.name), "--help")...)
		if code != exitOK || errs != "" || !strings.Contains(out, "example: thanthien "+c.name) {
			t.Errorf("%s --help: exit %d\n%s%s", c.name, code, out, errs)
		}
	}
}
