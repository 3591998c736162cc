// Package vi holds everything Vietnamese that is not a page or a document:
// messages, normalisation, sorting, search folding, dates and numbers.
package vi

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"thanthien/internal/fault"
)

// messages is every sentence by key. It never changes after start.
var messages = merge(
	commonMessages, wordMessages, docstoreMessages, rubricMessages, scoreMessages, surveyMessages,
	unitMessages, accountMessages, dossierMessages, actMessages, siteMessages, xlsxMessages, configMessages, storeMessages, publicMessages, adminMessages,
	dossierpageMessages, editorMessages,
	poolMessages, intakeMessages, planMessages, kioskMessages, surveyorMessages, paperMessages, statsMessages, builderMessages, exportMessages, auditMessages, noticeMessages, evidenceMessages, scoresheetMessages, teamMessages, periodMessages, deskMessages, decisionMessages, appraiseMessages,
)

func merge(tables ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// Has reports whether key has a Vietnamese sentence.
func Has(key string) bool {
	_, ok := messages[key]
	return ok
}

// Keys returns every key, sorted.
func Keys() []string { return slices.Sorted(maps.Keys(messages)) }

// Text returns the sentence of key with its arguments filled in; a sentence may
// leave them out. An unknown key comes back as it is, so that nothing is hidden.
func Text(key string, args ...any) string {
	format, ok := messages[key]
	if !ok {
		return strings.TrimSpace(fmt.Sprintln(append([]any{key}, args...)...))
	}
	if len(args) == 0 || !strings.Contains(format, "%") {
		return format
	}
	return fmt.Sprintf(format, inWords(args)...)
}

// Worded is an argument that stands for sentences of its own: their keys.
type Worded interface{ Words() []string }

// inWords replaces the arguments that have words; several are joined with "or".
func inWords(args []any) []any {
	list := slices.Clone(args)
	for i, a := range list {
		if w, ok := a.(Worded); ok {
			list[i] = Words(w)
		}
	}
	return list
}

// Words returns what stands for w, several joined with "or"; "" for none.
func Words(w Worded) string {
	var texts []string
	for _, key := range w.Words() {
		texts = append(texts, Text(key))
	}
	return strings.Join(texts, Text("word.or"))
}

// Error returns the sentence for err: its fault's message, or the general
// apology for anything that is not a fault.
func Error(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return Text(f.Key, f.Args...)
	}
	return Text("internal")
}

// Problem returns one line for a problem: file:line, place, sentence.
func Problem(p fault.Problem) string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File + ":")
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:", p.Line)
	}
	if b.Len() > 0 {
		b.WriteString(" ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(Text(p.Key, p.Args...))
	return b.String()
}
