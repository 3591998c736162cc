package store

// sealSize is the length of a seal in letters and digits: 130 bits.
const sealSize = 26

// Seal returns a code over a text that only this database makes: it tells
// whether a file that comes back says what was written into it. kind keeps the
// seals of one use from being good for another.
func (s *Store) Seal(kind, text string) string { return s.code(sealSize, "seal", kind, text) }
