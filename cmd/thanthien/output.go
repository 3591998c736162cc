package main

import (
	"encoding/json"
	"errors"
	"io"

	"thanthien/internal/fault"
)

// writeJSON writes v indented, with < > & as they are.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// noArguments parses a command that takes flags only.
func noArguments(rest []string, err error) error {
	if err == nil && len(rest) > 0 {
		err = usageError{"unexpected argument \"" + rest[0] + "\""}
	}
	return err
}

// needed refuses a flag that was left out.
func needed(flag, value string) error {
	if value == "" {
		return usageError{"--" + flag + " is needed"}
	}
	return nil
}

// inFile adds the file's name to problems that do not have it.
func inFile(err error, name string) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		for i := range f.Problems {
			if f.Problems[i].File == "" {
				f.Problems[i].File = name
			}
		}
	}
	return err
}
