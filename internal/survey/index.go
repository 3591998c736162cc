package survey

import "math/big"

// Exact returns the fractions behind the tally's index.
func (t *Tally) Exact() Exact {
	e := Exact{
		Method:    t.form.Index.Method,
		Questions: t.form.IndexQuestions(),
		Weights:   map[string]*big.Rat{},
		Groups:    map[string]ExactGroup{},
	}
	for _, q := range t.form.questions {
		if q.Kind == Scale {
			e.Weights[q.Code] = q.Weight.Rat()
		}
	}
	for _, w := range t.form.Index.GroupWeights {
		if e.GroupWeights == nil {
			e.GroupWeights = map[string]*big.Rat{}
		}
		e.GroupWeights[w.Group] = w.Weight.Rat()
	}
	for i, g := range t.form.Respondents {
		if t.groups[i].n > 0 {
			e.Groups[g] = t.groups[i].exact(t.form)
		}
	}
	e.Index, _, _ = SubsetIndex(e, nil, nil)
	return e
}

func (g *groupTally) exact(f *Form) ExactGroup {
	e := ExactGroup{Questions: map[string]ExactSum{}}
	for _, m := range g.means {
		e.N += m.n
	}
	for _, q := range f.questions {
		if q.Kind != Scale {
			continue
		}
		if s := g.sum(f, q); s.N > 0 {
			e.Questions[q.Code] = s
		}
	}
	return e
}

// sum is Σ over the valued options of a scale question.
func (g *groupTally) sum(f *Form, q *Question) ExactSum {
	s := ExactSum{Sum: new(big.Rat)}
	for i, o := range q.Options {
		n := g.cells[f.plan.cell[q.pos]+i]
		if n == 0 || !o.Valued {
			continue
		}
		s.N += n
		s.Sum.Add(s.Sum, new(big.Rat).Mul(o.Value.Rat(), new(big.Rat).SetInt64(n)))
		if o.Satisfied {
			s.Satisfied += n
		}
	}
	return s
}
