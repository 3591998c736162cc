package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
)

// strictJSON reads a body of JSON that has nothing unknown in it: Malformed for
// what is no JSON object, Invalid with the field for one of another shape.
func strictJSON(c *fiber.Ctx, into any) error {
	if kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";"); strings.TrimSpace(kind) != fiber.MIMEApplicationJSON {
		return fault.New(fault.Unsupported, "marks.jsonOnly")
	}
	dec := json.NewDecoder(bytes.NewReader(c.Body()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return jsonFault(err, dec.InputOffset())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Malformed, "public.json", dec.InputOffset()+1)
	}
	return nil
}

// jsonFault words an error of the JSON library.
func jsonFault(err error, at int64) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = syntax.Offset - 1
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := wrong.Field[strings.LastIndex(wrong.Field, ".")+1:] // before it stand names of Go types
		if field == "" {
			return fault.Wrap(err, fault.Malformed, "public.jsonObject")
		}
		return wrongField(field, "json."+wantedKind(wrong.Type))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if plain, uerr := strconv.Unquote(name); uerr == nil {
			name = plain
		}
		return wrongField(clipField(name), "json.unknown")
	}
	return fault.Wrap(err, fault.Malformed, "public.json", at+1)
}

func wrongField(field, key string) error {
	return fault.List("json.fields", []fault.Problem{{Path: field, Key: key}})
}

// wantedKind names what a field of a Go type takes, as message keys have it.
func wantedKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.String:
		return "text"
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Map, reflect.Struct, reflect.Pointer:
		return "object"
	}
	return "number"
}
