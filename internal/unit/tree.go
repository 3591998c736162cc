package unit

// Tree finds the children of a unit without searching the whole list.
type Tree struct {
	byCode   map[string]Unit
	children map[string][]Unit // by parent code; "" holds the roots
}

// NewTree indexes units; children keep the order of the list. A unit whose
// parent is not in the list is a root.
func NewTree(units []Unit) *Tree {
	t := &Tree{byCode: make(map[string]Unit, len(units)), children: map[string][]Unit{}}
	for _, u := range units {
		t.byCode[u.Code] = u
	}
	for _, u := range units {
		parent := u.Parent
		if _, ok := t.byCode[parent]; !ok {
			parent = ""
		}
		t.children[parent] = append(t.children[parent], u)
	}
	return t
}

// Get returns the unit of a code.
func (t *Tree) Get(code string) (Unit, bool) {
	u, ok := t.byCode[code]
	return u, ok
}

// Children returns the units directly under a code; "" gives the roots.
func (t *Tree) Children(code string) []Unit { return t.children[code] }

// Path returns the units from the root down to and including code; it is empty
// for an unknown code and ends at the first repetition in a broken tree.
func (t *Tree) Path(code string) []Unit {
	var path []Unit
	seen := map[string]bool{}
	for u, ok := t.byCode[code]; ok && !seen[u.Code]; u, ok = t.byCode[u.Parent] {
		seen[u.Code] = true
		path = append(path, u)
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}

// Under returns the unit of a code and all units below it, depth first; ""
// gives every unit that hangs from a root, an unknown code none.
func (t *Tree) Under(scope string) []Unit {
	var all []Unit
	seen := map[string]bool{}
	var walk func(u Unit)
	walk = func(u Unit) {
		if seen[u.Code] {
			return
		}
		seen[u.Code] = true
		all = append(all, u)
		for _, c := range t.children[u.Code] {
			walk(c)
		}
	}
	if scope != "" {
		if u, ok := t.byCode[scope]; ok {
			walk(u)
		}
		return all
	}
	for _, u := range t.children[""] {
		walk(u)
	}
	return all
}

// Under returns the unit of code scope and all units below it, depth first;
// scope "" gives them all.
func Under(units []Unit, scope string) []Unit {
	return NewTree(units).Under(scope)
}

// Assessed returns the units that a period is about: those of the levels, in
// the scope ("" everywhere), that exist on a day.
func Assessed(units []Unit, scope string, levels []string, on Date) []Unit {
	return ValidOn(AtLevel(Under(units, scope), levels...), on)
}
