package store

import "testing"

// TestTokensFitJoint keeps the tokens within what docstore.Joint asks: a unique
// index on them would leave a response behind when their change is refused.
func TestTokensFitJoint(t *testing.T) {
	for _, index := range tokens.Indexes {
		if index.Unique {
			t.Errorf("the tokens have the unique index %s", index.Name)
		}
	}
}
