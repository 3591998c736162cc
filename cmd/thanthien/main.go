// Command thanthien runs a province's friendly-government assessment.
// Each subcommand has its file here: flags, configuration and wiring, no rules.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"thanthien/internal/fault"
	"thanthien/internal/vi"
)

// Exit codes, the same for every command.
const (
	exitOK      = 0
	exitRefused = 1
	exitUsage   = 2
	exitPartly  = 3
)

// env is what a command sees of the process.
type env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Environ        []string
	command        string // the name of the one that runs
}

// command is one subcommand; name may be two words ("units import").
type command struct {
	name    string
	short   string // one line for the list
	usage   string // arguments behind the name
	example string
	run     func(ctx context.Context, e *env, args []string) error
}

// usageError is a wrong call: exit 2.
type usageError struct{ msg string }

func (e usageError) Error() string { return e.msg }

// partlyRejected says that some input was left out and named: exit 3.
type partlyRejected struct{ n int }

func (e partlyRejected) Error() string {
	if e.n == 1 {
		return "1 item rejected"
	}
	return fmt.Sprintf("%d items rejected", e.n)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	e := &env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Environ: os.Environ()}
	code := dispatch(ctx, e, os.Args[1:])
	stop()
	os.Exit(code)
}

// dispatch finds the command args name, runs it and returns the exit code.
func dispatch(ctx context.Context, e *env, args []string) int {
	if len(args) > 1 && args[0] == "help" { // help score: score --help
		args = append(slices.Clone(args[1:]), "--help")
	}
	if len(args) == 0 || args[0] == "help" || isHelp(args[0]) {
		list(e.Stdout)
		return exitOK
	}
	cmd, rest := find(args)
	if cmd == nil {
		return unknown(e, args)
	}
	if slices.ContainsFunc(rest, isHelp) {
		return help(ctx, e, cmd)
	}
	own := *e
	own.command = cmd.name
	return exitCode(e.Stderr, cmd, cmd.run(ctx, &own, rest))
}

func isHelp(arg string) bool { return arg == "--help" || arg == "-h" || arg == "-help" }

// unknown answers what names no command: with those that begin with its first
// word, when there are any, else with all.
func unknown(e *env, args []string) int {
	family := func(c command) bool { return strings.HasPrefix(c.name, args[0]+" ") }
	some := slices.ContainsFunc(commands(), family)
	if some && len(args) > 1 && isHelp(args[1]) {
		for _, c := range commands() {
			if family(c) {
				fmt.Fprintf(e.Stdout, "%s\n  usage: thanthien %s %s\n  example: thanthien %s\n", c.short, c.name, c.usage, c.example)
			}
		}
		return exitOK
	}
	fmt.Fprintf(e.Stderr, "thanthien: unknown command %q; the commands are:\n\n", strings.Join(args[:min(2, len(args))], " "))
	if !some {
		list(e.Stderr)
		return exitUsage
	}
	for _, c := range commands() {
		if family(c) {
			fmt.Fprintf(e.Stderr, "  %-18s %s\n", c.name, c.short)
		}
	}
	return exitUsage
}

func find(args []string) (*command, []string) {
	for _, words := range []int{2, 1} {
		if len(args) < words {
			continue
		}
		name := strings.Join(args[:words], " ")
		for _, c := range commands() {
			if c.name == name {
				return &c, args[words:]
			}
		}
	}
	return nil, nil
}

// exitCode reports err once on w and returns the code that goes with it.
func exitCode(w io.Writer, cmd *command, err error) int {
	var usage usageError
	var partly partlyRejected
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(w, "thanthien %s: %s\nusage: thanthien %s %s\n", cmd.name, usage.msg, cmd.name, cmd.usage)
		return exitUsage
	case errors.As(err, &partly):
		fmt.Fprintf(w, "thanthien %s: %s\n", cmd.name, partly.Error())
		return exitPartly
	}
	fmt.Fprintf(w, "thanthien %s: %s\n", cmd.name, vi.Error(err))
	if fault.KindOf(err) == fault.Internal {
		fmt.Fprintf(w, "cause: %v\n", err)
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		for _, p := range f.Problems {
			fmt.Fprintln(w, vi.Problem(p))
		}
	}
	return exitRefused
}

func list(w io.Writer) {
	fmt.Fprint(w, "thanthien runs a province's friendly-government assessment.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-18s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\n\"thanthien COMMAND --help\" shows a command's flags and an example.\n")
}

// help prints the usage, the flags and an example of one command.
func help(ctx context.Context, e *env, cmd *command) int {
	fmt.Fprintf(e.Stdout, "%s\n\nusage: thanthien %s %s\nexample: thanthien %s\n", cmd.short, cmd.name, cmd.usage, cmd.example)
	quiet := *e
	quiet.Stderr = e.Stdout
	err := cmd.run(ctx, &quiet, []string{"-h"})
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		return exitCode(e.Stderr, cmd, err)
	}
	return exitOK
}

// flags makes the flag set of a command; parse reports its errors.
func flags(e *env, name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(e.Stderr)
	return fs
}

// parse parses flags anywhere among the arguments and returns the others in
// order. -h prints the flags and comes back as flag.ErrHelp.
func parse(fs *flag.FlagSet, args []string) ([]string, error) {
	out := fs.Output()
	fs.SetOutput(io.Discard)
	var rest []string
	for len(args) > 0 {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			fs.SetOutput(out)
			fs.PrintDefaults()
			return nil, err
		} else if err != nil {
			return nil, usageError{err.Error()}
		}
		if args = fs.Args(); len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	return rest, nil
}

// printf writes machine output or an answer to standard output.
func (e *env) printf(format string, args ...any) { fmt.Fprintf(e.Stdout, format, args...) }

// say writes a message for people to standard error.
func (e *env) say(format string, args ...any) { fmt.Fprintf(e.Stderr, format+"\n", args...) }
