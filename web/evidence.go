package web

import (
	"fmt"
	"time"

	"plimsoll/assessments/snapshot"
)

// Evidence says who signed the snapshot of a result, and what else it was scored with.
type Evidence struct {
	Signature Signature
	Nodes     NodeReadings
}

// SignatureState is what a snapshot's signature was worth when it came.
type SignatureState string

// The states of a signature. The zero value says nothing of it.
const (
	SignatureNone    SignatureState = "none"
	SignatureProven  SignatureState = "proven"
	SignatureEnded   SignatureState = "ended"   // by a token that had ended
	SignatureUnknown SignatureState = "unknown" // by a key that no token of the platform has
)

// Signature is a snapshot's signature.
type Signature struct {
	State SignatureState
	By    string // name of the token; empty where it is not known, or erased with its platform
}

// Words say it in a line; nothing where there is no snapshot.
func (s Signature) Words() string {
	by := "a token"
	if s.By != "" {
		by = "token " + s.By
	}
	switch s.State {
	case SignatureNone:
		return "not signed"
	case SignatureProven:
		return "signed by " + by
	case SignatureEnded:
		return "signed by " + by + ", which had ended when the file came"
	case SignatureUnknown:
		return "signature not verified: no token of this platform has its key"
	}
	return ""
}

// NodeReadings says of how many nodes there are readings, and when they were taken.
type NodeReadings struct {
	Nodes  int
	Of     int // nodes of the snapshot
	Oldest time.Time
	Newest time.Time
}

// Words say it in a line: 3 of 4 nodes, 2 November 2026, 03:10 UTC to 05:00 UTC.
func (r NodeReadings) Words() string {
	words := fmt.Sprintf("%s of %s, ", count(r.Nodes), counted(r.Of, "node", "nodes"))
	switch {
	case moment(r.Oldest) == moment(r.Newest):
		return words + moment(r.Newest)
	case day(r.Oldest) == day(r.Newest):
		return words + moment(r.Oldest) + " to " + r.Newest.UTC().Format("15:04 UTC")
	}
	return words + moment(r.Oldest) + " to " + moment(r.Newest)
}

// ages say how old the readings are.
func (r NodeReadings) ages(now time.Time) string {
	if age(r.Oldest, now) == age(r.Newest, now) {
		return fmt.Sprintf("Taken %s.", age(r.Newest, now))
	}
	return fmt.Sprintf("The newest was taken %s, the oldest %s.", age(r.Newest, now), age(r.Oldest, now))
}

// age is how long ago a moment was.
func age(t, now time.Time) string {
	switch ago := now.Sub(t); {
	case ago < time.Minute:
		return "just now"
	case ago < time.Hour:
		return counted(int(ago/time.Minute), "minute", "minutes") + " ago"
	case ago < 48*time.Hour:
		return counted(int(ago/time.Hour), "hour", "hours") + " ago"
	default:
		return counted(int(ago/(24*time.Hour)), "day", "days") + " ago"
	}
}

// readingBound is how far apart a reading and the snapshot may lie.
func readingBound() string {
	return counted(int(snapshot.NodeReadingBound/time.Hour), "hour", "hours")
}
