package survey

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Ordered is a JSON object whose members keep their order.
type Ordered[T any] []Member[T]

// Member is one member of an Ordered.
type Member[T any] struct {
	Code  string
	Value T
}

// Get returns the value under a code.
func (o Ordered[T]) Get(code string) (value T, ok bool) {
	for i := range o {
		if o[i].Code == code {
			return o[i].Value, true
		}
	}
	return value, false
}

// MarshalJSON writes the members in order; none is {}.
func (o Ordered[T]) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i := range o {
		if i > 0 {
			b = append(b, ',')
		}
		key, err := json.Marshal(o[i].Code)
		if err != nil {
			return nil, fmt.Errorf("member name: %w", err)
		}
		value, err := json.Marshal(o[i].Value)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", o[i].Code, err)
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads an object, keeping the order of its members.
func (o *Ordered[T]) UnmarshalJSON(data []byte) error {
	*o = nil
	dec := json.NewDecoder(bytes.NewReader(data))
	t, err := dec.Token()
	if err != nil || t == nil {
		return err
	}
	if t != json.Delim('{') {
		return fmt.Errorf("want a JSON object, have %v", t)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		m := Member[T]{Code: key.(string)} // a member name is always a string
		if err := dec.Decode(&m.Value); err != nil {
			return fmt.Errorf("member %s: %w", m.Code, err)
		}
		*o = append(*o, m)
	}
	return nil
}
