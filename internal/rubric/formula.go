package rubric

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"thanthien/internal/fault"
)

// Program is a checked formula. The language is expr-lang's, cut down to
// numbers and truth values: + - * / % ** (or ^), comparisons, and or not,
// c ? a : b, if/else, let, and the functions abs ceil float floor int max mean
// min round sum. It is worked out in exact fractions, so 0.1 + 0.2 == 0.3, and
// a whole division is a fraction, never cut. There are no loops, and numbers
// have a size limit, so every run ends quickly.
type Program struct {
	code  string // of the criterion, the first argument of every message
	root  *op
	names []string // input names, then "max"
	slots int      // names and let variables
}

// opcode says what an op does with its args.
type opcode uint8

const (
	opConst opcode = iota
	opVar          // slot
	opLet          // args[0] into slot, then args[1]
	opIf           // args[0] ? args[1] : args[2]
	opNot
	opAnd
	opOr
	opEq
	opNe
	opLt
	opLe
	opGt
	opGe
	opNeg
	opAdd
	opSub
	opMul
	opDiv
	opMod
	opPow
	opAbs
	opCeil
	opFloor
	opRound
	opTrunc
	opMax
	opMin
	opSum
	opMean
)

// op is one step; truth values are the numbers 0 and 1 with isBool set.
type op struct {
	code   opcode
	isBool bool
	args   []*op
	num    Num
	slot   int
}

// maxName is the variable that holds the leaf's max.
const maxName = "max"

var numberOps = map[string]opcode{"+": opAdd, "-": opSub, "*": opMul, "/": opDiv, "%": opMod, "**": opPow, "^": opPow}

var compareOps = map[string]opcode{"==": opEq, "!=": opNe, "<": opLt, "<=": opLe, ">": opGt, ">=": opGe}

var boolOps = map[string]opcode{"and": opAnd, "&&": opAnd, "or": opOr, "||": opOr}

// oneArg and manyArgs are the functions by their number of arguments.
var (
	oneArg   = map[string]opcode{"abs": opAbs, "ceil": opCeil, "floor": opFloor, "round": opRound, "int": opTrunc}
	manyArgs = map[string]opcode{"max": opMax, "min": opMin, "sum": opSum, "mean": opMean}
)

// reservedNames cannot be inputs: words of the language, max, and the mark's
// own keys.
var reservedNames = []string{
	maxName, "na", "not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else", "true", "false", "nil",
}

// ValidInputName reports whether name may name a formula input: a letter or
// "_", then letters, digits and "_", up to MaxCode characters, no word of the
// language.
func ValidInputName(name string) bool {
	if name == "" || utf8.RuneCountInString(name) > MaxCode || slices.Contains(reservedNames, name) {
		return false
	}
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return true
}

// CompileFormula checks the expr of the criterion code over its input names and
// max, the leaf's maximum, and returns it ready to run. The error is a
// *fault.Error of kind Invalid that names the criterion.
func CompileFormula(code, expr string, inputs []string, leafMax Num) (*Program, error) {
	p, err := compileFormula(expr, inputs)
	if err == nil {
		p.code = code
		err = p.checkConstants(leafMax)
	}
	if err != nil {
		return nil, named(code, err)
	}
	return p, nil
}

// named puts the criterion in front of a formula fault's arguments.
func named(code string, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	return fault.New(f.Kind, f.Key, append([]any{code}, f.Args...)...)
}

func compileFormula(expr string, inputs []string) (p *Program, err error) {
	if utf8.RuneCountInString(expr) > MaxFormula {
		return nil, fault.New(fault.Invalid, "rubric.formulaLong", MaxFormula)
	}
	defer func() { // a parser fault is the formula's fault, never a crash
		if r := recover(); r != nil {
			p, err = nil, fault.New(fault.Invalid, "rubric.formulaSyntax", fmt.Sprint(r))
		}
	}()
	tree, err := parser.Parse(expr)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fault.New(fault.Invalid, "rubric.formulaSyntax", first)
	}
	names := append(slices.Clone(inputs), maxName)
	c := &compiler{source: []rune(expr), seen: map[ast.Node]bool{}, names: names, slots: len(names)}
	root, err := c.compile(tree.Node)
	if err != nil {
		return nil, err
	}
	if root.isBool {
		return nil, fault.New(fault.Invalid, "rubric.formulaResult")
	}
	return &Program{root: root, names: names, slots: c.slots}, nil
}

// checkConstants runs every part that uses no input, so that "1/0" is refused
// when the set is checked and not when a unit is scored.
func (p *Program) checkConstants(leafMax Num) error {
	vars := make([]Num, p.slots)
	vars[len(p.names)-1] = leafMax
	var walk func(o *op) error
	walk = func(o *op) error {
		if o.constant(len(p.names) - 1) {
			_, err := o.run(vars)
			return err
		}
		if (o.code == opDiv || o.code == opMod) && o.args[1].constant(noSlot) {
			if _, err := (&op{code: o.code, args: []*op{{code: opConst}, o.args[1]}}).run(vars); err != nil {
				return err // a/0
			}
		}
		for _, a := range o.args {
			if err := walk(a); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(p.root)
}

// noSlot is no variable's slot.
const noSlot = -1

// constant reports whether o uses no variable but the one in slot free.
func (o *op) constant(free int) bool {
	if o.code == opLet || o.code == opVar && o.slot != free {
		return false
	}
	return !slices.ContainsFunc(o.args, func(a *op) bool { return !a.constant(free) })
}

// Run returns the exact value for the inputs, in the order they were named,
// and max. Errors are faults of kind Invalid: rubric.formulaZero for a
// division by zero, rubric.formulaBig, rubric.formulaPower, rubric.formulaMod.
func (p *Program) Run(inputs []Num, leafMax Num) (Num, error) {
	vars := make([]Num, p.slots)
	copy(vars, inputs)
	vars[len(p.names)-1] = leafMax
	x, err := p.root.run(vars)
	if err != nil {
		return Num{}, named(p.code, err)
	}
	return x, nil
}
