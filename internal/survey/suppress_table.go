package survey

import "slices"

// grid is a table of counts that is shown with its sums: the last row and the
// last column are the sums of those before them. hidden marks what must not be
// shown; close adds to it until nothing hidden follows from what is shown.
type grid struct {
	cells  [][]int64
	hidden [][]bool
}

// newGrid makes the table of rows of equally many counts with their sums, and
// hides every count and sum of 1 to LeastCell-1 and the whole row under a sum
// that small.
func newGrid(rows [][]int64, sums []int64) *grid {
	width := 0
	if len(rows) > 0 {
		width = len(rows[0])
	}
	g, last := &grid{}, make([]int64, width+1)
	for i, r := range rows {
		line := append(slices.Clone(r), sums[i])
		for c, n := range line {
			last[c] += n
		}
		g.cells = append(g.cells, line)
	}
	g.cells = append(g.cells, last)
	for _, line := range g.cells {
		marks := make([]bool, len(line))
		for c, n := range line {
			marks[c] = few(n) || few(line[width])
		}
		g.hidden = append(g.hidden, marks)
	}
	return g
}

// total is the sum of a row.
func (g *grid) total(row int) int64 { return g.cells[row][len(g.cells[row])-1] }

// few reports whether a count must not be shown by itself.
func few(n int64) bool { return n > 0 && n < LeastCell }

// place is a cell of a grid.
type place struct{ row, col int }

// close hides more cells until in no row and no column a hidden count, or a sum
// of hidden counts below LeastCell, follows from what is shown; nor from rows
// and columns put together.
func (g *grid) close() {
	for {
		changed := false
		for r := range g.cells {
			changed = g.closeLine(len(g.cells[r]), func(i int) place { return place{r, i} }) || changed
		}
		for c := range g.cells[0] {
			changed = g.closeLine(len(g.cells), func(i int) place { return place{i, c} }) || changed
		}
		if !changed && !breakTrees(g) {
			return
		}
	}
}

// closeLine mends one row or column of n cells, the last being the sum of the
// others. It reports whether it hid anything.
func (g *grid) closeLine(n int, at func(int) place) bool {
	changed := false
	for {
		count, sum := 0, int64(0)
		for i := range n - 1 {
			if p := at(i); g.hidden[p.row][p.col] {
				count, sum = count+1, sum+g.cells[p.row][p.col]
			}
		}
		last := at(n - 1)
		total := g.hidden[last.row][last.col]
		if total && count > 0 || !total && (count == 0 || count >= leastCells && sum >= LeastCell) {
			return changed
		}
		if !g.hideNext(n, at) {
			return changed
		}
		changed = true
	}
}

// hideNext hides the smallest positive count shown in a line, or a zero, or the
// sum when nothing else is left.
func (g *grid) hideNext(n int, at func(int) place) bool {
	best, zero := -1, -1
	for i := range n - 1 {
		p := at(i)
		v := g.cells[p.row][p.col]
		switch {
		case g.hidden[p.row][p.col]:
		case v == 0:
			if zero < 0 {
				zero = i
			}
		case best < 0 || v < g.cells[at(best).row][at(best).col]:
			best = i
		}
	}
	if best < 0 {
		best = zero
	}
	if best < 0 {
		best = n - 1
	}
	p := at(best)
	if g.hidden[p.row][p.col] {
		return false
	}
	g.hidden[p.row][p.col] = true
	return true
}

// breakTrees hides one more cell when rows and columns together still tell a
// hidden one: as edges between the nodes "row" and "column", the hidden cells
// that are in no ring are known. Two grids over the same columns share their
// last rows, whose hidden cells join the columns of both. It reports whether it
// hid anything.
func breakTrees(grids ...*grid) bool {
	b, edges := bridges{}, map[[2]int]edge{}
	join := func(x, y int, e edge) {
		b.links[x], b.links[y] = append(b.links[x], y), append(b.links[y], x)
		edges[[2]int{min(x, y), max(x, y)}] = e
	}
	var first []int // of each grid's nodes: its rows, then its columns
	for _, g := range grids {
		first = append(first, len(b.links))
		b.links = append(b.links, make([][]int, len(g.cells)+len(g.cells[0]))...)
	}
	for i, g := range grids {
		last := len(g.cells) - 1
		for r := range g.cells {
			for c := range g.cells[r] {
				switch {
				case !g.hidden[r][c]:
				case r < last || len(grids) == 1:
					join(first[i]+r, first[i]+len(g.cells)+c, edge{g, place{r, c}})
				case i == 0:
					join(first[0]+len(g.cells)+c, first[1]+len(grids[1].cells)+c, edge{g, place{r, c}})
				}
			}
		}
	}
	for _, found := range b.run() {
		if e := edges[found]; e.grid.hideNear(e.at) {
			return true
		}
	}
	return false
}

// edge is a hidden cell of one of the grids.
type edge struct {
	grid *grid
	at   place
}

// hideNear hides one more cell in the row or the column of p.
func (g *grid) hideNear(p place) bool {
	return g.hideNext(len(g.cells[p.row]), func(i int) place { return place{p.row, i} }) ||
		g.hideNext(len(g.cells), func(i int) place { return place{i, p.col} })
}

// bridges finds the edges of a graph that are in no ring.
type bridges struct {
	links   [][]int
	at, low []int // order of the visit from 1, earliest node reached from below
	clock   int
	found   [][2]int
}

func (b *bridges) run() [][2]int {
	b.at, b.low = make([]int, len(b.links)), make([]int, len(b.links))
	for node := range b.links {
		if b.at[node] == 0 {
			b.visit(node, -1)
		}
	}
	return b.found
}

func (b *bridges) visit(node, from int) {
	b.clock++
	b.at[node], b.low[node] = b.clock, b.clock
	for _, next := range b.links[node] {
		switch {
		case next == from:
		case b.at[next] > 0:
			b.low[node] = min(b.low[node], b.at[next])
		default:
			b.visit(next, node)
			b.low[node] = min(b.low[node], b.low[next])
			if b.low[next] > b.at[node] {
				b.found = append(b.found, [2]int{min(node, next), max(node, next)})
			}
		}
	}
}

// hideAsked hides the rows of a question in which the table of the question that
// its show_if names hides one of the options in wanted: how many were asked
// would tell how many chose them.
func (g *grid) hideAsked(asked *grid, options, wanted []string) {
	for row, line := range asked.hidden {
		for i, option := range options {
			if line[i] && slices.Contains(wanted, option) {
				fillRow(g.hidden[row])
			}
		}
	}
}

// questionGrid is the table of one question's counts over reports. Its sums are
// of answers; only where several options may be chosen these are fewer than the
// counts add up to, and then more is hidden than need be.
func questionGrid(reports []UnitReport, q *Question, options []string) *grid {
	rows, sums := make([][]int64, len(reports)), make([]int64, len(reports))
	for i := range reports {
		r, _ := reports[i].Questions.Get(q.Code)
		rows[i] = make([]int64, len(options))
		for j, option := range options {
			rows[i][j], _ = r.Counts.Get(option)
			sums[i] += rows[i][j]
		}
		switch {
		case !q.Kind.hasOptions():
			rows[i], sums[i] = []int64{r.N}, r.N
		case q.Kind == Multi:
			sums[i] = r.N
		}
	}
	return newGrid(rows, sums)
}

// settle closes a table. A row whose sum is hidden is hidden wholly, because
// the share of a shown count would tell the sum; with single, the only question
// of the index, so is a row with anything hidden, because its index is told
// elsewhere.
func (g *grid) settle(single bool) {
	g.close()
	for _, line := range g.hidden {
		if last := len(line) - 1; line[last] || single && slices.Contains(line[:last], true) {
			fillRow(line[:last])
		}
	}
}

// share hides in the last row of either table what is hidden in the other's.
func share(a, b *grid) {
	x, y := a.hidden[len(a.hidden)-1], b.hidden[len(b.hidden)-1]
	for i := range min(len(x), len(y)) {
		x[i] = x[i] || y[i]
		y[i] = x[i]
	}
}

func (g *grid) count() int {
	n := 0
	for _, line := range g.hidden {
		for _, h := range line {
			if h {
				n++
			}
		}
	}
	return n
}

func fillRow(line []bool) {
	for i := range line {
		line[i] = true
	}
}
