package survey

import (
	"math/big"
	"slices"
)

// rootDigits is how many decimals of a square root we keep. A root is exact
// when it is rational, and an irrational bound never lies on a rounding edge,
// so the two printed decimals are right.
const rootDigits = 60

// z95 is the normal quantile of a 95 % interval, exactly as documented.
func z95() *big.Rat { return big.NewRat(196, 100) }

// interval returns the 95 % interval (0..100) over the pooled, unweighted
// answers of the groups used; nil, nil below two responses.
func (t *Tally) interval(used []string) (low, high *big.Rat) {
	total := groupTally{means: make([]meanSum, t.form.plan.indexCount+1)}
	var trials, successes int64
	for i, g := range t.form.Respondents {
		if t.groups[i].n == 0 || !slices.Contains(used, g) {
			continue
		}
		for k, m := range t.groups[i].means {
			total.means[k] = total.means[k].combine(m, 1)
			total.n += m.n
		}
		n, s := t.groups[i].satisfied(t.form)
		trials, successes = trials+n, successes+s
	}
	if total.n < 2 {
		return nil, nil
	}
	if t.form.Index.Method == Top {
		return wilson(successes, trials)
	}
	return total.meanInterval(t.form.plan.digits)
}

// satisfied returns the valued and the satisfied answers to the index questions.
func (g *groupTally) satisfied(f *Form) (valued, satisfied int64) {
	for _, q := range f.questions {
		if !f.plan.inIndex[q.pos] {
			continue
		}
		s := g.sum(f, q)
		valued, satisfied = valued+s.N, satisfied+s.Satisfied
	}
	return valued, satisfied
}

// wilson is the Wilson score interval in percent, for trials ≥ 1:
// (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).
func wilson(successes, trials int64) (low, high *big.Rat) {
	z, one := z95(), big.NewRat(1, 1)
	n := new(big.Rat).SetInt64(trials)
	p := big.NewRat(successes, trials)
	z2n := quo(mul(z, z), n) // z²/n
	spread := mul(p, new(big.Rat).Sub(one, p))
	spread = quo(spread, n)
	spread.Add(spread, quo(z2n, mul(big.NewRat(4, 1), n)))
	centre := new(big.Rat).Add(p, quo(z2n, big.NewRat(2, 1)))
	scale := quo(big.NewRat(100, 1), new(big.Rat).Add(one, z2n))
	return around(mul(centre, scale), mul(mul(z, root(spread)), scale))
}

// meanInterval is m ± 1.96·s/√n over the responses' own means, for n ≥ 2.
// digits is the number of decimals that the summed units carry.
func (g *groupTally) meanInterval(digits int) (low, high *big.Rat) {
	sum, squares := new(big.Rat), new(big.Rat)
	unit := bigPower10(digits)
	for k, m := range g.means {
		if m.n == 0 {
			continue
		}
		d := new(big.Int).Mul(big.NewInt(int64(k)), unit) // s/k in values is s/d in units
		sum.Add(sum, new(big.Rat).SetFrac(m.sum.big(), d))
		squares.Add(squares, new(big.Rat).SetFrac(m.squares.big(), new(big.Int).Mul(d, d)))
	}
	n := new(big.Rat).SetInt64(g.n)
	mean := quo(sum, n)
	variance := new(big.Rat).Sub(squares, mul(sum, mean)) // Σx² − (Σx)²/n
	variance = quo(variance, new(big.Rat).SetInt64(g.n-1))
	return around(mean, mul(z95(), root(quo(variance, n))))
}

// around returns centre ± half, clipped to 0..100.
func around(centre, half *big.Rat) (low, high *big.Rat) {
	low, high = new(big.Rat).Sub(centre, half), new(big.Rat).Add(centre, half)
	if low.Sign() < 0 {
		low = new(big.Rat)
	}
	if hundred := big.NewRat(100, 1); high.Cmp(hundred) > 0 {
		high = hundred
	}
	return low, high
}

// root returns √r for r ≥ 0: exact when rational, else cut after rootDigits.
func root(r *big.Rat) *big.Rat {
	// √(a/b) = √(a·b) / b
	scale := bigPower10(rootDigits)
	n := new(big.Int).Mul(r.Num(), r.Denom())
	n.Mul(n, scale).Mul(n, scale).Sqrt(n)
	return new(big.Rat).SetFrac(n, scale.Mul(scale, r.Denom()))
}

func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func quo(a, b *big.Rat) *big.Rat { return new(big.Rat).Quo(a, b) }
