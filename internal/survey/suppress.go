package survey

import (
	"cmp"
	"slices"
)

// LeastCell is the smallest number of answers that may be shown outside the
// appraisal team; a smaller one could point to a person.
const LeastCell = 5

// Hidden stands for a count that must not be shown.
const Hidden int64 = -1

// leastCells is how many counts of one row are hidden together, so that none
// follows from the sum and the rest.
const leastCells = 2

// Suppress returns what of a unit's report may be shown outside the appraisal
// team. Counts of 1 to LeastCell-1 become Hidden, with as many of the next
// smallest as it takes that the hidden ones are at least two and at least
// LeastCell together; below LeastCell answers all counts are, the zeros too,
// because they would tell what was chosen. Where counts are hidden the
// question's own index is gone too, because with it they could be worked out.
// The whole index is gone where just one of its questions has hidden counts:
// the others would give them away. Exact is emptied. r itself is not changed.
func Suppress(r UnitReport) UnitReport {
	exact := r.Exact
	single, index := len(exact.Questions) == 1, exact.Questions
	r.Exact, r.Groups, r.Questions = Exact{}, slices.Clone(r.Groups), slices.Clone(r.Questions)
	few := r.N > 0 && r.N < LeastCell
	if few || r.IndexN < LeastCell {
		r.Index, r.Low, r.High = nil, nil, nil
	}
	r.IndexN = hideSmall(r.IndexN)
	hideGroups(r.Groups, few)
	hideIndexes(r.Groups, exact)
	hidden := 0
	for i := range r.Questions {
		q := &r.Questions[i]
		inIndex := slices.Contains(index, q.Code)
		q.Value = suppressQuestion(q.Value, few, single && inIndex)
		if inIndex && slices.ContainsFunc(q.Value.Counts, isHidden) {
			hidden++
		}
	}
	if hidden == 1 {
		r.Index, r.Low, r.High = nil, nil, nil
	}
	if r.Excluded != nil && r.Excluded.N < LeastCell {
		r.Excluded = &Excluded{N: hideSmall(r.Excluded.N)}
	}
	r.N = hideSmall(r.N)
	return r
}

func isHidden(m Member[int64]) bool { return m.Value == Hidden }

func hideSmall(n int64) int64 {
	if n > 0 && n < LeastCell {
		return Hidden
	}
	return n
}

func hideGroups(groups Ordered[GroupReport], all bool) {
	counts := make([]int64, len(groups))
	for i := range groups {
		counts[i] = groups[i].Value.N
	}
	for i := range hide(counts, all) {
		groups[i].Value = GroupReport{N: Hidden}
	}
}

// hideIndexes takes the indexes from groups in which few answered what they are
// made of.
func hideIndexes(groups Ordered[GroupReport], e Exact) {
	for i := range groups {
		if e.Groups[groups[i].Code].N < LeastCell {
			groups[i].Value.Index = nil
		}
	}
}

// suppressQuestion hides the small counts of a question, or all of them where
// few responded.
func suppressQuestion(q QuestionReport, few, only bool) QuestionReport {
	all := few
	q.Counts = slices.Clone(q.Counts)
	if all || q.N < LeastCell {
		q.Index, q.Min, q.Max, q.Sum = nil, nil, nil, nil
		all = true
	}
	counts := make([]int64, len(q.Counts))
	for i := range q.Counts {
		counts[i] = q.Counts[i].Value
	}
	hidden := hide(counts, all)
	if len(hidden) > 0 {
		q.Index = nil
		if only {
			hidden = hide(counts, true)
		}
	}
	sum := int64(0)
	for i, n := range counts {
		if sum += n; hidden[i] {
			q.Counts[i].Value = Hidden
		}
	}
	// Less the shown counts of a scale it would tell those with a value apart; of
	// few people even that nobody answered tells what they were not asked.
	if q.N = hideSmall(q.N); few || q.Kind == Scale && len(hidden) > 0 && sum != q.N {
		q.N = Hidden
	}
	return q
}

// HiddenCounts returns the positions of the counts that must not be shown beside
// their sum: those below LeastCell, with others so that none follows from the
// rest.
func HiddenCounts(counts []int64) map[int]bool { return hide(counts, false) }

// hide returns the positions of the counts that must not be shown; with all,
// every one.
func hide(counts []int64, all bool) map[int]bool {
	if all {
		every := map[int]bool{}
		for i := range counts {
			every[i] = true
		}
		return every
	}
	order := make([]int, 0, len(counts))
	for i, n := range counts {
		if n > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[a], counts[b]) })
	hidden, sum := map[int]bool{}, int64(0)
	for _, i := range order {
		more := len(hidden) > 0 && (len(hidden) < leastCells || sum < LeastCell)
		if counts[i] >= LeastCell && !more {
			break
		}
		hidden[i] = true
		sum += counts[i]
	}
	return hidden
}
