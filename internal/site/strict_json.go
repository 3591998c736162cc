package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
)

// strictJSON reads a body of JSON that has nothing unknown in it.
func strictJSON(c *fiber.Ctx, into any) error {
	if kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";"); strings.TrimSpace(kind) != fiber.MIMEApplicationJSON {
		return fault.New(fault.Unsupported, "marks.jsonOnly")
	}
	dec := json.NewDecoder(bytes.NewReader(c.Body()))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, end := dec.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("trailing data")
		}
	}
	if err != nil {
		return fault.Wrap(err, fault.Malformed, "marks.json", err)
	}
	return nil
}
