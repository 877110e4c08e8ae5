package kube

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
)

// Texts holds each different text once, under a small number: names, labels and images of a cluster repeat. The empty text is 0. The
// zero value is empty.
type Texts struct {
	texts []string // by their numbers
	slots []uint32 // the numbers, each at its text's hash or behind; 0: free. A map would take six times the room
}

// leastSlots is a power of two, as is every number of slots.
const leastSlots = 1 << 8

// Number is that of a text, from now on.
func (t *Texts) Number(text string) uint32 {
	if text == "" {
		return 0
	}
	if 4*len(t.texts) >= 3*len(t.slots) {
		t.grow()
	}
	slot := t.slotOf(text)
	if *slot == 0 {
		*slot = uint32(len(t.texts))
		t.texts = append(t.texts, strings.Clone(text)) // which may be a part of a whole object's
	}
	return *slot
}

// slotOf is where a text's number stands, or would. There is always a free one.
func (t *Texts) slotOf(text string) *uint32 {
	mask := uint64(len(t.slots) - 1)
	for at := maphash.String(hashSeed, text) & mask; ; at = (at + 1) & mask {
		if slot := &t.slots[at]; *slot == 0 || t.texts[*slot] == text {
			return slot
		}
	}
}

func (t *Texts) grow() {
	if t.texts == nil {
		t.texts = []string{""}
	}
	t.slots = make([]uint32, max(2*len(t.slots), leastSlots))
	for number, text := range t.texts[1:] {
		*t.slotOf(text) = uint32(number + 1)
	}
}

// Text is the text of a number that Number gave.
func (t *Texts) Text(number uint32) string {
	if number == 0 {
		return ""
	}
	return t.texts[number]
}

// Held is the same text, in the memory that all its uses share.
func (t *Texts) Held(text string) string { return t.Text(t.Number(text)) }

// find is the number of a text that was seen; it does not make it known.
func (t *Texts) find(text string) (number uint32, known bool) {
	if text == "" {
		return 0, true
	}
	if t.slots == nil {
		return 0, false
	}
	number = *t.slotOf(text)
	return number, number != 0
}

// Tally counts by numbers, in their order: eight bytes for each that was counted.
type Tally []struct{ Of, N uint32 }

// Add counts n more of a number.
func (t *Tally) Add(of, n uint32) {
	at, found := slices.BinarySearchFunc(*t, of, func(have struct{ Of, N uint32 }, of uint32) int { return cmp.Compare(have.Of, of) })
	if found {
		(*t)[at].N += n
		return
	}
	*t = slices.Insert(*t, at, struct{ Of, N uint32 }{of, n})
}

// Shares gives what was counted by the numbers of texts, in the order of the texts.
func (t *Texts) Shares(counts Tally) []snapshot.Share {
	var shares []snapshot.Share
	for _, c := range counts {
		shares = append(shares, snapshot.Share{Name: t.Text(c.Of), Pods: int(c.N)})
	}
	slices.SortFunc(shares, func(a, b snapshot.Share) int { return cmp.Compare(a.Name, b.Name) })
	return shares
}

// labelSet are labels by the numbers of their keys and values.
type labelSet [][2]uint32

func (s labelSet) with(t *Texts, labels map[string]string) labelSet {
	for key, value := range labels {
		s = append(s, [2]uint32{t.Number(key), t.Number(value)})
	}
	return s
}

// lookup finds a label's value.
func (s labelSet) lookup(t *Texts) func(key string) (string, bool) {
	return func(key string) (string, bool) {
		number, known := t.find(key)
		if !known {
			return "", false
		}
		for _, label := range s {
			if label[0] == number {
				return t.Text(label[1]), true
			}
		}
		return "", false
	}
}
