package survey

import "slices"

// Channel is the way a response came. All channels lead into one pool.
type Channel string

// The channels.
const (
	Web      Channel = "web"      // the open link, from a QR poster too
	API      Channel = "api"      // a program of its own
	Token    Channel = "token"    // a one-use invitation
	Kiosk    Channel = "kiosk"    // the shared device of an office
	Surveyor Channel = "surveyor" // an interview, perhaps without network
	Paper    Channel = "paper"    // keyed in or imported from paper forms
)

// Channels returns every channel in the order of screens and reports.
func Channels() []Channel { return []Channel{Web, Token, Kiosk, Surveyor, Paper, API} }

// Known reports whether c is one of Channels.
func (c Channel) Known() bool { return slices.Contains(Channels(), c) }

// Timed reports whether the responses of a channel arrive when they are
// answered, so that many at once mean something. Interviews made without a
// network and paper forms arrive in heaps by nature.
func (c Channel) Timed() bool { return c != Surveyor && c != Paper }
