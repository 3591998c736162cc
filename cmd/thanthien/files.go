package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"thanthien/internal/fault"
)

func readAll(r io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "file.open", name)
	}
	if len(data) > MaxInput {
		return nil, fault.New(fault.TooLarge, "file.tooLarge", name, fmt.Sprintf("%d MB", MaxInput>>20))
	}
	return data, nil
}

// writeFile writes a file whole or not at all: beside it first, then renamed.
// "-" is standard output.
func writeFile(e *env, name string, write func(io.Writer) error) error {
	if name == "-" || name == "" {
		return write(e.Stdout)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".thanthien-*")
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "file.write", name)
	}
	defer os.Remove(f.Name())
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	if err = f.Chmod(0o644); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "file.write", name)
	}
	return nil
}
