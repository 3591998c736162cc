// Package audit describes what happened: who did what to which thing, when,
// and what stood there before and after.
package audit

import "time"

// Event is one change. Those of dossiers, campaigns, exclusions and suggestions
// are written inside the changed document (its outbox) and relayed to the audit
// collection under the same ID, so that they are neither lost nor doubled; other
// changes are recorded right after them.
type Event struct {
	ID     string    `bson:"id" json:"id"`
	At     time.Time `bson:"at" json:"at"`
	Who    string    `bson:"who" json:"who"` // login; "" is the system
	Action Action    `bson:"action" json:"action"`
	Thing  string    `bson:"thing" json:"thing"` // collection/id
	Detail []Change  `bson:"detail,omitempty" json:"detail,omitempty"`

	// Seq is the event's number in the chain of its thing, from 1; Prev is the
	// Hash of the one before, "" for the first; Hash is Sum of this one. The
	// store sets them when it records the event: an event that still waits in an
	// outbox has none, nor has one that was recorded before there were chains.
	Seq  int64  `bson:"seq,omitempty" json:"seq,omitempty"`
	Prev string `bson:"prev,omitempty" json:"prev,omitempty"`
	Hash string `bson:"hash,omitempty" json:"hash,omitempty"`
}

// Change is one field before and after, as text.
type Change struct {
	Field  string `bson:"f" json:"field"`
	Before string `bson:"b,omitempty" json:"before,omitempty"`
	After  string `bson:"a,omitempty" json:"after,omitempty"`
}

// Action names what was done; the names are stable.
type Action string

// The actions.
const (
	Marked           Action = "dossier.marked"
	Moved            Action = "dossier.moved" // Change{Field: "status"} says from what to what
	PeriodOpened     Action = "period.opened"
	PeriodChanged    Action = "period.changed"
	CampaignOpened   Action = "campaign.opened"
	CampaignChange   Action = "campaign.changed"
	ResponseExcluded Action = "response.excluded"
	ResponseRestored Action = "response.restored"
	ResponsesErased  Action = "responses.erased"
	UserCreated      Action = "user.created"
	UserChanged      Action = "user.changed"
	SetImported      Action = "criteria.imported"
	SetIssued        Action = "criteria.issued"
	SetChanged       Action = "criteria.changed"
	FormImported     Action = "form.imported"
	FeedbackMoved    Action = "feedback.moved"
	UnitsImported    Action = "units.imported"
	Exported         Action = "data.exported"
	APITokenCreated  Action = "api-token.created"
	APITokenRevoked  Action = "api-token.revoked"
	PaperResolved    Action = "paper.resolved"
	Commented        Action = "comment.added"
	Replied          Action = "comment.replied"
	CommentClosed    Action = "comment.resolved"
	CommentOpened    Action = "comment.reopened"
	CommentGone      Action = "comment.taken-back"

	EvidenceAdded   Action = "evidence.added"
	EvidenceChanged Action = "evidence.changed"
	EvidenceRevised Action = "evidence.revised"
	EvidenceRemoved Action = "evidence.removed"

	// ResponsesImported is paper forms coming in as a file.
	ResponsesImported Action = "responses.imported"
)
