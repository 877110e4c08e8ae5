package store

import (
	"context"
	"time"
)

// Event is something that somebody did. Events are only ever added.
type Event struct {
	ID          EventID        `db:"id"`
	At          time.Time      `db:"at"`
	PersonID    *PersonID      `db:"person_id"` // nil where a token or the service itself acted
	TokenID     *TokenID       `db:"token_id"`
	Action      string         `db:"action"` // platform.create
	SubjectKind string         `db:"subject_kind"`
	SubjectID   string         `db:"subject_id"`
	Details     map[string]any `db:"details"`
	RequestID   string         `db:"request_id"`
	Address     string         `db:"address"`
}

// Audit adds an event; its ID and At are given here.
func (t *Tx) Audit(ctx context.Context, event Event) error {
	if event.Details == nil {
		event.Details = map[string]any{}
	}
	details, err := document(event.Details)
	if err != nil {
		return named(err, "audit", event.Action)
	}
	return change(ctx, t.tx, "audit", event.Action, `
		insert into audit_events (organization_id, id, person_id, token_id, action, subject_kind, subject_id, details, request_id, address)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		t.organization, NewID[Event](), event.PersonID, event.TokenID, event.Action, event.SubjectKind, text(event.SubjectID), details,
		text(event.RequestID), text(event.Address))
}

// AuditEvents lists the organization's events before the given one, or from the newest where it is zero, at most limit of them.
func (t *Tx) AuditEvents(ctx context.Context, before EventID, limit int) ([]Event, error) {
	return many[Event](ctx, t.tx, "audit events of", t.organization, `
		select id, at, person_id, token_id, action, subject_kind, subject_id, details, request_id, address
		from audit_events where $1::uuid is null or id < $1 order by id desc limit $2`, before, limit)
}
