package kube

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Event is what is read of an event. Its message is read for the probe that it speaks of, and is gone before the object is whole.
type Event struct {
	Object
	Reason   string       `json:"reason"`
	Message  EventMessage `json:"message"`
	Involved struct {
		Kind      string `json:"kind"`
		UID       string `json:"uid"`
		FieldPath string `json:"fieldPath"`
	} `json:"involvedObject"`
	Count  Int  `json:"count"`
	First  Time `json:"firstTimestamp"`
	Last   Time `json:"lastTimestamp"`
	At     Time `json:"eventTime"`
	Series *struct {
		Count Int  `json:"count"`
		Last  Time `json:"lastObservedTime"`
	} `json:"series"`
}

// EventMessage is the kind of probe that an event's message names: liveness, readiness or startup; empty where it names none.
type EventMessage string

// UnmarshalJSON keeps one of three words, whatever the message says.
func (m *EventMessage) UnmarshalJSON(data []byte) error {
	*m = ""
	value := jsontext.Value(data)
	if value.Kind() != '"' {
		return nil
	}
	text, err := jsontext.AppendUnquote(nil, data)
	if err != nil {
		return nil
	}
	*m = probeOf(string(text))
	return nil
}

// probeOf reads the kubelet's own sentences: "Liveness probe failed: …", "Container app failed liveness probe, will be restarted".
func probeOf(message string) EventMessage {
	for _, probe := range []string{"liveness", "readiness", "startup"} {
		title := strings.ToUpper(probe[:1]) + probe[1:]
		if strings.HasPrefix(message, title+" probe ") || strings.Contains(message, "failed "+probe+" probe") {
			return EventMessage(probe)
		}
	}
	return ""
}

// KnownReason is the event's reason, empty where it is none of those that Kubernetes itself writes and rules read.
func (e *Event) KnownReason() string {
	if eventReasons()[e.Reason] {
		return e.Reason
	}
	return ""
}

// Container is the container that the event is about, empty for the pod as a whole.
func (e *Event) Container() string {
	for _, list := range []string{"spec.containers{", "spec.initContainers{"} {
		if name, found := strings.CutPrefix(e.Involved.FieldPath, list); found {
			return strings.TrimSuffix(name, "}")
		}
	}
	return ""
}

// Since tells how often the event was seen from a time on, at least, and when first and last. An event that began before and went on
// counts once: how its count spreads over time is not written down.
func (e *Event) Since(from time.Time) (count int, first, last Time) {
	first, last, seen := e.First, e.Last, e.Count.Or(1)
	if e.Series != nil {
		last, seen = e.Series.Last, e.Series.Count.Or(1)
	}
	for _, known := range []Time{e.At, e.Meta.CreatedAt} {
		if first.IsZero() {
			first = known
		}
	}
	if last.IsZero() {
		last = first
	}
	switch {
	case last.Before(from):
		return 0, first, last
	case first.Before(from):
		return 1, Time{from}, last
	}
	return int(min(max(seen, 1), maxEventCount)), first, last
}

// maxEventCount bounds what one event may claim.
const maxEventCount = 1_000_000
