package dossier

import (
	"math/rand/v2"
	"slices"
)

// Assignment asks for teams of equal load.
type Assignment struct {
	Units      []string            // to be given members
	Appraisers []string            // who may be chosen
	Members    int                 // wanted for each unit, at least 1
	Recused    map[string][]string // login → units that are never theirs
	LastYear   map[string][]string // login → units they scored before: avoided where that costs no balance
	Keep       map[string][]string // unit → members who stay whatever is chosen
	Load       map[string]int      // login → units elsewhere, which count as well
	Seed       uint64              // the same gives the same
}

// Assigned is what came of an Assignment.
type Assigned struct {
	Teams map[string][]string // unit → members; the first leads
	Load  map[string]int      // login → units, those elsewhere too; of every appraiser
	Short map[string]int      // unit → members that could not be found
	Again map[string][]string // login → units of last year that could not be avoided, sorted
}

// Spread is the difference between the largest and the smallest load.
func (a Assigned) Spread() int {
	least, most := -1, 0
	for _, n := range a.Load {
		if least < 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	return most - max(least, 0)
}

// Balance chooses members so that the loads are as equal as they can be and,
// among all such choices, as few appraisers as can be have a unit again that
// they scored last year. Nobody is given a unit they are recused from. A unit
// that too few may score gets those who may; Short says so.
func Balance(a Assignment) Assigned {
	b := newBalancer(a)
	for u := range b.units {
		b.fill(u)
	}
	for b.improve() {
	}
	return b.result()
}

// lastYearCost and loadCost make every step towards equal loads worth more than
// all pairs of last year together.
const (
	lastYearCost = 1
	loadCost     = 1 << 20
)

// balancer holds everything by index, in the order that the seed gives.
type balancer struct {
	want       int
	units      []string
	people     []string
	keep       [][]string // by unit, in their order
	on         [][]bool   // [person][unit]
	may        [][]bool
	again      [][]bool
	load, lead []int
}

func newBalancer(a Assignment) *balancer {
	b := &balancer{want: max(a.Members, 1), units: distinct(a.Units), people: distinct(a.Appraisers)}
	r := rand.New(rand.NewPCG(a.Seed, uint64(len(b.units)))) // a fair order, no secret
	r.Shuffle(len(b.units), func(i, j int) { b.units[i], b.units[j] = b.units[j], b.units[i] })
	r.Shuffle(len(b.people), func(i, j int) { b.people[i], b.people[j] = b.people[j], b.people[i] })
	b.keep = make([][]string, len(b.units))
	for u, code := range b.units {
		b.keep[u] = a.Keep[code]
	}
	b.lead = make([]int, len(b.people))
	for _, login := range b.people {
		on, may, again := make([]bool, len(b.units)), make([]bool, len(b.units)), make([]bool, len(b.units))
		load := a.Load[login]
		for u, code := range b.units {
			kept := slices.Contains(b.keep[u], login)
			may[u] = !kept && !slices.Contains(a.Recused[login], code)
			again[u] = slices.Contains(a.LastYear[login], code)
			if kept {
				load++
			}
		}
		b.on, b.may, b.again, b.load = append(b.on, on), append(b.may, may), append(b.again, again), append(b.load, load)
	}
	return b
}

func distinct(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// fill gives a unit the members it lacks, those with the least to do.
func (b *balancer) fill(u int) {
	for n := len(b.keep[u]); n < b.want; n++ {
		best := -1
		for p := range b.people {
			if b.may[p][u] && !b.on[p][u] && (best < 0 || b.load[p] < b.load[best] || b.load[p] == b.load[best] && b.again[best][u] && !b.again[p][u]) {
				best = p
			}
		}
		if best < 0 {
			return
		}
		b.on[best][u] = true
		b.load[best]++
	}
}

// hand is that one person hands a unit over to another; unit < 0 is that a
// chain begins or ends.
type hand struct{ cost, unit int }

// improve finds a chain of people, each of whom hands one unit over to the
// next, that makes the whole better, and does it. It is the cancelling of a
// negative cycle: without any, nothing better exists. Node 0 closes chains that
// do not return to their beginning; person p is node p+1.
func (b *balancer) improve() bool {
	n := len(b.people) + 1
	edges := b.edges(n)
	dist, from := make([]int, n), make([]int, n)
	last := -1
	for range n {
		last = -1
		for i := range n {
			for j := range n {
				if e := edges[i][j]; e != nil && dist[i]+e.cost < dist[j] {
					dist[j], from[j], last = dist[i]+e.cost, i, j
				}
			}
		}
		if last < 0 {
			return false
		}
	}
	for range n { // into the cycle
		last = from[last]
	}
	for j := last; ; j = from[j] {
		if i := from[j]; i > 0 && j > 0 {
			u := edges[i][j].unit
			b.on[i-1][u], b.on[j-1][u] = false, true
			b.load[i-1]--
			b.load[j-1]++
		}
		if from[j] == last {
			return true
		}
	}
}

// edges are the cheapest ways from each to each. One whose chain begins has one
// unit less, one whose chain ends has one more; squares of loads are compared.
func (b *balancer) edges(n int) [][]*hand {
	edges := make([][]*hand, n)
	for i := range n {
		edges[i] = make([]*hand, n)
	}
	for p, load := range b.load {
		edges[0][p+1] = &hand{-loadCost * (2*load - 1), -1}
		edges[p+1][0] = &hand{loadCost * (2*load + 1), -1}
		for q := range b.people {
			if p != q {
				edges[p+1][q+1] = b.cheapest(p, q)
			}
		}
	}
	return edges
}

// cheapest is the unit that p best hands over to q, nil when there is none.
func (b *balancer) cheapest(p, q int) *hand {
	var best *hand
	for u := range b.units {
		if !b.on[p][u] || b.on[q][u] || !b.may[q][u] {
			continue
		}
		cost := 0
		if b.again[q][u] {
			cost += lastYearCost
		}
		if b.again[p][u] {
			cost -= lastYearCost
		}
		if best == nil || cost < best.cost {
			best = &hand{cost, u}
		}
	}
	return best
}

// result names the teams. Who stays keeps the order; else the one leads who
// leads least so far.
func (b *balancer) result() Assigned {
	out := Assigned{Teams: map[string][]string{}, Load: map[string]int{}, Short: map[string]int{}, Again: map[string][]string{}}
	for u, code := range b.units {
		var chosen []int
		for p := range b.people {
			if b.on[p][u] {
				chosen = append(chosen, p)
			}
		}
		slices.SortStableFunc(chosen, func(p, q int) int { return b.lead[p] - b.lead[q] })
		team := slices.Clone(b.keep[u])
		if len(team) == 0 && len(chosen) > 0 {
			b.lead[chosen[0]]++
		}
		for _, p := range chosen {
			team = append(team, b.people[p])
			if b.again[p][u] {
				out.Again[b.people[p]] = append(out.Again[b.people[p]], code)
			}
		}
		out.Teams[code] = team
		if short := b.want - len(team); short > 0 {
			out.Short[code] = short
		}
	}
	for p, login := range b.people {
		out.Load[login] = b.load[p]
		slices.Sort(out.Again[login])
	}
	return out
}
