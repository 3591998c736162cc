package survey

import (
	"maps"
	"slices"
)

// MaxPopulation is the largest number of people in one cell of a plan.
const MaxPopulation = 20_000_000

// Populations are the people of each respondent group by unit code: what the
// sample plan of a campaign is made from. A cell that is missing has no plan.
type Populations map[string]map[string]int

// Get returns the people of a group in a unit; known is false when nobody has
// told.
func (p Populations) Get(unit, group string) (people int, known bool) {
	people, known = p[unit][group]
	return people, known
}

// Set tells the people of a group in a unit.
func (p Populations) Set(unit, group string, people int) {
	if p[unit] == nil {
		p[unit] = map[string]int{}
	}
	p[unit][group] = people
}

// Clone returns an independent copy.
func (p Populations) Clone() Populations {
	c := make(Populations, len(p))
	for unit, groups := range p {
		c[unit] = maps.Clone(groups)
	}
	return c
}

// Cells returns how many cells are known.
func (p Populations) Cells() int {
	n := 0
	for _, groups := range p {
		n += len(groups)
	}
	return n
}

// Units returns the units that have a cell, sorted.
func (p Populations) Units() []string { return slices.Sorted(maps.Keys(p)) }

// Need returns the responses that a campaign needs from a group in a unit;
// known is false when the population is not.
func (c *Campaign) Need(p Populations, unit, group string) (need int, known bool) {
	people, known := p.Get(unit, group)
	return SampleSize(people, c.PlanError()), known
}

// Unset forgets the people of a group in a unit.
func (p Populations) Unset(unit, group string) {
	delete(p[unit], group)
	if len(p[unit]) == 0 {
		delete(p, unit)
	}
}

// Sum returns the people of all cells.
func (p Populations) Sum() int {
	sum := 0
	for _, groups := range p {
		for _, n := range groups {
			sum += n
		}
	}
	return sum
}
