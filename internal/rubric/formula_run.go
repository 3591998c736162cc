package rubric

import "thanthien/internal/fault"

func truth(b bool) Num {
	if b {
		return Int(1)
	}
	return Num{}
}

// run works o out over the variables. Only the chosen side of a condition and
// of and/or is looked at.
func (o *op) run(vars []Num) (Num, error) {
	switch o.code {
	case opConst:
		return o.num, nil
	case opVar:
		return vars[o.slot], nil
	}
	first, err := o.args[0].run(vars)
	if err != nil {
		return Num{}, err
	}
	switch o.code {
	case opLet:
		vars[o.slot] = first
		return o.args[1].run(vars)
	case opIf:
		if first.Sign() != 0 {
			return o.args[1].run(vars)
		}
		return o.args[2].run(vars)
	case opAnd, opOr:
		if (first.Sign() != 0) == (o.code == opOr) {
			return first, nil
		}
		return o.args[1].run(vars)
	}
	for _, a := range o.args[1:] {
		next, err := a.run(vars)
		if err == nil {
			first, err = o.combine(first, next)
		}
		if err != nil {
			return Num{}, err
		}
	}
	return limit(o.finish(first))
}

// limit refuses a number that has grown beyond MaxFormulaBits.
func limit(x Num) (Num, error) {
	if x.bitLen() > MaxFormulaBits {
		return Num{}, fault.New(fault.Invalid, "rubric.formulaBig")
	}
	return x, nil
}

// combine works out a step of two numbers.
func (o *op) combine(x, y Num) (Num, error) {
	switch o.code {
	case opAdd, opSum, opMean:
		return limit(x.Add(y))
	case opSub:
		return x.Sub(y), nil
	case opMul:
		return x.Mul(y), nil
	case opMax:
		return x.Max(y), nil
	case opMin:
		return x.Min(y), nil
	case opPow:
		return power(x, y)
	case opDiv, opMod:
		return divide(o.code, x, y)
	}
	return truth(compare(o.code, x.Cmp(y))), nil
}

func compare(code opcode, c int) bool {
	switch code {
	case opEq:
		return c == 0
	case opNe:
		return c != 0
	case opLt:
		return c < 0
	case opLe:
		return c <= 0
	case opGt:
		return c > 0
	}
	return c >= 0
}

// divide is / or, for whole numbers, % with the sign of x.
func divide(code opcode, x, y Num) (Num, error) {
	if y.Sign() == 0 {
		return Num{}, fault.New(fault.Invalid, "rubric.formulaZero")
	}
	if code == opDiv {
		return x.Div(y), nil
	}
	if !x.IsInt() || !y.IsInt() {
		return Num{}, fault.New(fault.Invalid, "rubric.formulaMod")
	}
	return x.Sub(y.Mul(trunc(x.Div(y)))), nil
}

// power is x to the whole number y, |y| <= MaxExponent.
func power(x, y Num) (Num, error) {
	n, ok := y.Int64()
	if !ok || n > MaxExponent || n < -MaxExponent {
		return Num{}, fault.New(fault.Invalid, "rubric.formulaPower", MaxExponent)
	}
	if n < 0 {
		if x.Sign() == 0 {
			return Num{}, fault.New(fault.Invalid, "rubric.formulaZero")
		}
		x, n = Int(1).Div(x), -n
	}
	result := Int(1)
	for range n {
		var err error
		if result, err = limit(result.Mul(x)); err != nil {
			return Num{}, err
		}
	}
	return result, nil
}

// finish works out a step of one number, after its arguments are combined.
func (o *op) finish(x Num) Num {
	switch o.code {
	case opNot:
		return truth(x.Sign() == 0)
	case opNeg:
		return x.Neg()
	case opAbs:
		return x.Abs()
	case opCeil:
		return x.Neg().Floor().Neg()
	case opFloor:
		return x.Floor()
	case opRound:
		return x.RoundHalfAway(0)
	case opTrunc:
		return trunc(x)
	case opMean:
		return x.Div(Int(int64(len(o.args))))
	}
	return x
}

func trunc(x Num) Num {
	if x.Sign() < 0 {
		return x.Neg().Floor().Neg()
	}
	return x.Floor()
}
