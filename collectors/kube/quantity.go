package kube

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Quantity is an amount as Kubernetes writes it: 100m, 1.5, 2Gi, 1e3. The zero value is "not set".
//
// The grammar is that of k8s.io/apimachinery's resource.Quantity: a decimal number with a binary suffix (Ki … Ei), a decimal
// suffix (n, u, m, none, k … E) or a decimal exponent.
type Quantity struct {
	text       string
	milli      int64 // thousandths, rounded up
	unreadable bool
}

var errQuantity = errors.New("no quantity")

// ParseQuantity reads an amount. A placeholder gives an unreadable quantity and no error.
func ParseQuantity(text string) (Quantity, error) {
	if Placeholder(text) {
		return Quantity{text: text, unreadable: true}, nil
	}
	number, exponent10, exponent2, ok := splitQuantity(text)
	if !ok {
		return Quantity{}, errQuantity
	}
	milli, ok := scaleMilli(number, exponent10+3, exponent2)
	if !ok {
		return Quantity{}, errQuantity
	}
	return Quantity{text: text, milli: milli}, nil
}

// IsSet reports whether an amount was given, readable or not.
func (q Quantity) IsSet() bool { return q.text != "" }

// Unreadable reports whether a placeholder stands where the amount should.
func (q Quantity) Unreadable() bool { return q.unreadable }

// Millis is the amount in thousandths: of a CPU, a millicore. It is rounded up, as the API server does.
func (q Quantity) Millis() int64 { return q.milli }

// Units is the amount in whole units: of memory, bytes. It is rounded up, as the API server does.
func (q Quantity) Units() int64 {
	units := q.milli / 1000
	if q.milli%1000 > 0 {
		units++
	}
	return units
}

// UnmarshalJSON takes a string or a number.
func (q *Quantity) UnmarshalJSON(data []byte) error { return scalarJSON(data, q) }

func (q *Quantity) setScalar(text string, kind scalarKind) string {
	if kind == scalarNull || kind == scalarString && text == "" {
		return ""
	}
	if kind == scalarBool {
		return "a quantity"
	}
	parsed, err := ParseQuantity(strings.TrimSpace(text))
	if err != nil {
		return "a quantity"
	}
	*q = parsed
	return ""
}

var decimalSuffix = map[string]int{"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
var binarySuffix = map[string]int{"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}

// maxQuantityText bounds the digits: longer amounts are no amounts of anything.
const maxQuantityText = 64

func splitQuantity(text string) (number string, exponent10, exponent2 int, ok bool) {
	if len(text) == 0 || len(text) > maxQuantityText {
		return "", 0, 0, false
	}
	end := strings.LastIndexAny(text, "0123456789.") + 1
	if mark := strings.IndexAny(text[:end], "eE"); mark > 0 {
		exponent, err := strconv.Atoi(text[mark+1:])
		return text[:mark], exponent, 0, err == nil && exponent >= -30 && exponent <= 30
	}
	number, suffix := text[:end], text[end:]
	if power, found := binarySuffix[suffix]; found {
		return number, 0, power, true
	}
	power, found := decimalSuffix[suffix]
	return number, power, 0, found
}

// scaleMilli computes number × 10^e10 × 2^e2 exactly and rounds up.
func scaleMilli(number string, e10, e2 int) (int64, bool) {
	if strings.Trim(strings.TrimLeft(number, "+-"), "0123456789.") != "" {
		return 0, false
	}
	if whole, err := strconv.ParseInt(number, 10, 64); err == nil {
		if n, ok := scaleWhole(whole, e10, e2); ok {
			return n, true
		}
	}
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return 0, false
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(e10, -e10))), nil)
	if e10 < 0 {
		r.Quo(r, new(big.Rat).SetInt(power))
	} else {
		r.Mul(r, new(big.Rat).SetInt(power))
	}
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(e2))))
	quotient, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		quotient.Add(quotient, big.NewInt(1))
	}
	return quotient.Int64(), quotient.IsInt64()
}

// scaleWhole is the common case without big numbers.
func scaleWhole(n int64, e10, e2 int) (int64, bool) {
	if e10 < 0 || n < 0 {
		return 0, false
	}
	for range e10 {
		if n > math.MaxInt64/10 {
			return 0, false
		}
		n *= 10
	}
	if e2 > 0 && n > math.MaxInt64>>e2 {
		return 0, false
	}
	return n << e2, true
}
