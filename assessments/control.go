package assessments

import (
	"math/big"
	"strings"
)

// Adding is how a control adds up its subjects.
type Adding string

// Share is the mean over subjects; Any lets the worst subject count, for what breaks the whole platform at once.
const (
	Share Adding = "share"
	Any   Adding = "any"
)

// Control is the smallest unit of score: one statement that should hold.
type Control struct {
	ID           string
	Title        string // the statement
	Weight       int    // 1, 2, 3 or 5: counts in the pillar
	Severity     Severity
	AlphaPercent int // evidence share α in percent: 100, 80, 70, 50, 0
	Adding       Adding
	Questions    []Declares
	Pairs        []string // K-09 …
	OutBy        []string // context options (C2.a) that take the control out, unless a decisive pair denies them
}

// Declares is a question that declares a control, with the share of its weight that goes there.
type Declares struct {
	Question   string
	ShareParts int // the share is 1/ShareParts: 1 whole, 2 a half, 3 a third
}

// Pillar of the control, by its id.
func (c Control) Pillar() Pillar {
	pillar, _, _ := strings.Cut(c.ID, "/")
	return Pillar(pillar)
}

// alpha is the control's evidence share.
func (c Control) alpha() *big.Rat { return big.NewRat(int64(c.AlphaPercent), 100) }
