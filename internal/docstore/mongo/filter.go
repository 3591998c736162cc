package mongo

import (
	"bytes"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
)

// classes are the BSON types of index values in their order; null, the first,
// also stands for a missing field.
var classes = [][]bson.Type{
	{bson.TypeNull},
	{bson.TypeInt32, bson.TypeInt64},
	{bson.TypeString},
	{bson.TypeObjectID},
	{bson.TypeBoolean},
	{bson.TypeDateTime},
}

// class returns the place of a cursor's value in classes.
func class(v any) int {
	switch v.(type) {
	case int64:
		return 1
	case string:
		return 2
	case bson.ObjectID:
		return 3
	case bool:
		return 4
	case bson.DateTime:
		return 5
	}
	return 0
}

// typed is the condition on a field to be of one of these classes.
func typed(some [][]bson.Type) bson.E {
	var codes bson.A
	for _, c := range some {
		for _, t := range c {
			codes = append(codes, int32(t))
		}
	}
	return bson.E{Key: "$type", Value: codes}
}

// value is a query's value as it is sent.
func value(v any) any {
	if t, ok := v.(time.Time); ok {
		return bson.NewDateTimeFromTime(t)
	}
	return v
}

// conditions are those on each of q's fields, in q's order.
type conditions []bson.D

// where returns the conditions of q without its cursor.
func where(q docstore.Query) conditions {
	all := make(conditions, len(q.Order()))
	sparse := q.On != nil && q.On.Sparse
	for i, v := range q.Eq {
		switch {
		case v == nil && sparse:
			all[i] = bson.D{typed(classes[:1])}
		default:
			all[i] = bson.D{{Key: "$eq", Value: value(v)}}
		}
	}
	k := len(q.Eq)
	if q.From != nil {
		all[k] = append(all[k], bson.E{Key: "$gte", Value: value(q.From)})
	}
	if q.To != nil {
		all[k] = append(all[k], bson.E{Key: "$lt", Value: value(q.To)})
	}
	if sparse && k == 0 && all[0] == nil {
		all[0] = bson.D{{Key: "$exists", Value: true}}
	}
	return all
}

// with returns a copy with one more condition on field i.
func (c conditions) with(i int, e bson.E) conditions {
	all := append(conditions(nil), c...)
	all[i] = append(append(bson.D(nil), all[i]...), e)
	return all
}

// tighten is with for a bound: of two with one operator, which can only be
// $lt, the smaller stays.
func (c conditions) tighten(i int, e bson.E) conditions {
	for k, have := range c[i] {
		if have.Key != e.Key {
			continue
		}
		a, _ := docstore.AppendKey(nil, have.Value)
		b, _ := docstore.AppendKey(nil, e.Value)
		if bytes.Compare(a, b) <= 0 {
			return c
		}
		all := c.with(i, e)
		all[i] = slices.Delete(all[i], k, k+1)
		return all
	}
	return c.with(i, e)
}

// filter joins the conditions into one filter.
func (c conditions) filter(q docstore.Query) bson.D {
	f := bson.D{}
	for i, name := range q.Order() {
		if len(c[i]) > 0 {
			f = append(f, bson.E{Key: name, Value: c[i]})
		}
	}
	return f
}

func filter(q docstore.Query) bson.D { return where(q).filter(q) }

// sorting is q's order.
func sorting(q docstore.Query) bson.D {
	direction := int32(1)
	if q.Desc {
		direction = -1
	}
	var s bson.D
	for _, name := range q.Order() {
		s = append(s, bson.E{Key: name, Value: direction})
	}
	return s
}

// segments returns filters which, one after the other, yield q behind its
// cursor. Each fixes the first fields to the cursor's values and bounds the
// next one, so the index answers it as one range: first what ties with the
// cursor in all fields but the last, then in all but the last two, and so on.
func segments(q docstore.Query) ([]bson.D, error) {
	if q.After == "" {
		return []bson.D{filter(q)}, nil
	}
	p, err := q.Place()
	if err != nil {
		return nil, err
	}
	base := where(q)
	var all []bson.D
	for j := len(p.Values) - 1; j >= len(q.Eq); j-- {
		tied := base
		for i := len(q.Eq); i < j; i++ {
			tied = tied.with(i, bson.E{Key: "$eq", Value: p.Values[i]})
		}
		bounded := j == len(q.Eq) && (q.From != nil || q.To != nil)
		for _, e := range behind(p.Values[j], q.Desc, bounded || q.In.Append && j == len(p.Values)-1) {
			all = append(all, tied.tighten(j, e).filter(q))
		}
	}
	return all, nil
}

// behind returns conditions that, one after the other, yield what comes after
// v in a field. Comparisons of servers stay within v's class, so the other
// classes follow by name, unless the field has only one.
func behind(v any, desc, oneClass bool) (all []bson.E) {
	k := class(v)
	switch {
	case k == 0:
	case desc:
		all = append(all, bson.E{Key: "$lt", Value: v})
	default:
		all = append(all, bson.E{Key: "$gt", Value: v})
	}
	switch {
	case oneClass:
	case !desc && k+1 < len(classes):
		all = append(all, typed(classes[k+1:]))
	case desc && k > 0:
		if k > 1 {
			all = append(all, typed(classes[1:k]))
		}
		all = append(all, bson.E{Key: "$eq", Value: nil})
	}
	return all
}
