package rubric

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"

	"thanthien/internal/fault"
)

// compiler turns expr's syntax tree into ops, checking names and types.
type compiler struct {
	source []rune
	seen   map[ast.Node]bool
	names  []string // variables by slot; "" for a let variable out of scope
	slots  int
	count  int
}

// compile checks one node. A node met twice (expr shares the middle of
// a < b < c) is refused: nested sharing would run exponentially often.
func (c *compiler) compile(n ast.Node) (*op, error) {
	c.count++
	if c.count > MaxFormulaNode {
		return nil, fault.New(fault.Invalid, "rubric.formulaParts", MaxFormulaNode)
	}
	if n != nil && c.seen[n] {
		return nil, fault.New(fault.Invalid, "rubric.formulaChain")
	}
	c.seen[n] = true
	switch n := n.(type) {
	case *ast.IntegerNode:
		return &op{code: opConst, num: Int(int64(n.Value))}, nil
	case *ast.FloatNode:
		return c.float(n)
	case *ast.BoolNode:
		return &op{code: opConst, isBool: true, num: truth(n.Value)}, nil
	case *ast.IdentifierNode:
		return c.variable(n.Value)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.VariableDeclaratorNode:
		return c.let(n)
	case *ast.BuiltinNode:
		return c.call(n.Name, n.Arguments)
	case *ast.CallNode:
		return nil, fault.New(fault.Invalid, "rubric.formulaFunction", fmt.Sprint(n.Callee))
	}
	return nil, fault.New(fault.Invalid, "rubric.formulaPart", describe(n))
}

// describe names a refused part by its source form, shortened.
func describe(n ast.Node) string {
	const most = 40
	if n == nil {
		return ""
	}
	s := []rune(n.String())
	return string(s[:min(len(s), most)])
}

// float reads the literal as written, so that 0.1 is a tenth.
func (c *compiler) float(n *ast.FloatNode) (*op, error) {
	loc := n.Location()
	if loc.From < 0 || loc.To > len(c.source) || loc.From > loc.To {
		return nil, fault.New(fault.Invalid, "rubric.formulaPart", describe(n))
	}
	text := string(c.source[loc.From:loc.To])
	num, err := ParseNum(strings.ReplaceAll(text, "_", ""))
	if err != nil {
		return nil, fault.New(fault.Invalid, "rubric.formulaNumber", text)
	}
	return &op{code: opConst, num: num}, nil
}

func (c *compiler) variable(name string) (*op, error) {
	for i := len(c.names) - 1; i >= 0; i-- {
		base, isBool := strings.CutSuffix(c.names[i], "?")
		if base == name {
			return &op{code: opVar, slot: i, isBool: isBool}, nil
		}
	}
	return nil, fault.New(fault.Invalid, "rubric.formulaName", name)
}

// number compiles n and wants a number; boolean wants a truth value.
func (c *compiler) number(n ast.Node) (*op, error)  { return c.want(n, false) }
func (c *compiler) boolean(n ast.Node) (*op, error) { return c.want(n, true) }

func (c *compiler) want(n ast.Node, isBool bool) (*op, error) {
	o, err := c.compile(n)
	switch {
	case err != nil:
		return nil, err
	case o.isBool && !isBool:
		return nil, fault.New(fault.Invalid, "rubric.formulaNotNumber", describe(n))
	case !o.isBool && isBool:
		return nil, fault.New(fault.Invalid, "rubric.formulaNotTruth", describe(n))
	}
	return o, nil
}

func (c *compiler) unary(n *ast.UnaryNode) (*op, error) {
	switch n.Operator {
	case "-":
		a, err := c.number(n.Node)
		return &op{code: opNeg, args: []*op{a}}, err
	case "+":
		return c.number(n.Node)
	case "!", "not":
		a, err := c.boolean(n.Node)
		return &op{code: opNot, isBool: true, args: []*op{a}}, err
	}
	return nil, fault.New(fault.Invalid, "rubric.formulaPart", n.Operator)
}

func (c *compiler) binary(n *ast.BinaryNode) (*op, error) {
	if code, ok := numberOps[n.Operator]; ok {
		return c.pair(n, code, false, c.number)
	}
	if code, ok := boolOps[n.Operator]; ok {
		return c.pair(n, code, true, c.boolean)
	}
	code, ok := compareOps[n.Operator]
	if !ok {
		return nil, fault.New(fault.Invalid, "rubric.formulaPart", n.Operator)
	}
	if code != opEq && code != opNe {
		return c.pair(n, code, true, c.number)
	}
	left, err := c.compile(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := c.want(n.Right, left.isBool)
	return &op{code: code, isBool: true, args: []*op{left, right}}, err
}

func (c *compiler) pair(n *ast.BinaryNode, code opcode, isBool bool, side func(ast.Node) (*op, error)) (*op, error) {
	left, err := side(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := side(n.Right)
	return &op{code: code, isBool: isBool, args: []*op{left, right}}, err
}

func (c *compiler) conditional(n *ast.ConditionalNode) (*op, error) {
	cond, err := c.boolean(n.Cond)
	if err != nil {
		return nil, err
	}
	yes, err := c.compile(n.Exp1)
	if err != nil {
		return nil, err
	}
	no, err := c.want(n.Exp2, yes.isBool)
	return &op{code: opIf, isBool: yes.isBool, args: []*op{cond, yes, no}}, err
}

// let gives the variable a slot of its own, visible only in its expression. A
// truth value is remembered by a "?" behind the name, which no name can have.
func (c *compiler) let(n *ast.VariableDeclaratorNode) (*op, error) {
	value, err := c.compile(n.Value)
	if err != nil {
		return nil, err
	}
	if _, err := c.variable(n.Name); err == nil {
		return nil, fault.New(fault.Invalid, "rubric.formulaTwice", n.Name)
	}
	slot, name := len(c.names), n.Name
	if value.isBool {
		name += "?"
	}
	c.names = append(c.names, name)
	c.slots = max(c.slots, len(c.names))
	body, err := c.compile(n.Expr)
	c.names = c.names[:slot]
	if err != nil {
		return nil, err
	}
	return &op{code: opLet, isBool: body.isBool, slot: slot, args: []*op{value, body}}, nil
}

func (c *compiler) call(name string, args []ast.Node) (*op, error) {
	if code, ok := manyArgs[name]; ok {
		return c.many(name, code, args)
	}
	code, ok := oneArg[name]
	if !ok && name != "float" {
		return nil, fault.New(fault.Invalid, "rubric.formulaFunction", name)
	}
	if len(args) != 1 {
		return nil, fault.New(fault.Invalid, "rubric.formulaArgs", name)
	}
	a, err := c.number(args[0])
	if err != nil || name == "float" {
		return a, err
	}
	return &op{code: code, args: []*op{a}}, nil
}

// many compiles a function of any number of arguments; lists are spread.
func (c *compiler) many(name string, code opcode, args []ast.Node) (*op, error) {
	o := &op{code: code}
	for _, a := range args {
		list := []ast.Node{a}
		if array, ok := a.(*ast.ArrayNode); ok {
			list = array.Nodes
		}
		for _, n := range list {
			x, err := c.number(n)
			if err != nil {
				return nil, err
			}
			o.args = append(o.args, x)
		}
	}
	if len(o.args) == 0 {
		return nil, fault.New(fault.Invalid, "rubric.formulaArgs", name)
	}
	return o, nil
}
