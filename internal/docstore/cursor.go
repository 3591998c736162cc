package docstore

// Cursor is a place in a query's order; empty is before the first document.
// It is opaque, safe in a URL, and only good for the query it came from.
type Cursor string
