package store

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// ID is the identifier of one kind of thing, so that a platform's can't stand where a snapshot's is wanted. It is a UUID of version
// 7: newer ones sort later. The zero value is no id.
type ID[of any] struct{ value uuid.UUID }

// The identifiers of the product.
type (
	OrganizationID = ID[Organization]
	PersonID       = ID[Person]
	PlatformID     = ID[Platform]
	SnapshotID     = ID[Snapshot]
	AssessmentID   = ID[AssessmentRow]
	WaiverID       = ID[Waiver]
	TokenID        = ID[Token]
	EventID        = ID[Event]
	NodeID         = ID[NodeReading]
)

// NewID makes an identifier that nothing has yet.
func NewID[of any]() ID[of] { return ID[of]{uuid.Must(uuid.NewV7())} }

// ParseID reads an identifier in its usual form; other forms of a UUID are refused, so that each thing has one address.
func ParseID[of any](text string) (ID[of], error) {
	value, err := uuid.Parse(text)
	if err != nil || value.String() != text {
		return ID[of]{}, fmt.Errorf("id %.40q: %w", text, ErrNotFound)
	}
	return ID[of]{value}, nil
}

// IDFromBytes takes an identifier from its sixteen bytes.
func IDFromBytes[of any](bytes [16]byte) ID[of] { return ID[of]{bytes} }

// Bytes are the identifier's sixteen bytes.
func (id ID[of]) Bytes() [16]byte { return id.value }

// IsZero reports whether it is no id.
func (id ID[of]) IsZero() bool { return id.value == uuid.Nil }

func (id ID[of]) String() string { return id.value.String() }

// MarshalText writes the usual form.
func (id ID[of]) MarshalText() ([]byte, error) { return id.value.MarshalText() }

// UnmarshalText reads the usual form.
func (id *ID[of]) UnmarshalText(text []byte) error {
	parsed, err := ParseID[of](string(text))
	*id = parsed
	return err
}

// ScanUUID reads the identifier from a column.
func (id *ID[of]) ScanUUID(v pgtype.UUID) error {
	if !v.Valid {
		return fmt.Errorf("id: null where one must be")
	}
	id.value = v.Bytes
	return nil
}

// UUIDValue writes the identifier to a column; the zero value is null.
func (id ID[of]) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: id.value, Valid: !id.IsZero()}, nil
}
