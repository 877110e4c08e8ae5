package whatif

import (
	"fmt"
	"math/big"
	"strings"
)

// scales are the suffixes of a Kubernetes quantity.
var scales = map[string]*big.Rat{
	"": big.NewRat(1, 1), "m": big.NewRat(1, 1000), "k": big.NewRat(1000, 1), "M": big.NewRat(1_000_000, 1), "G": big.NewRat(1_000_000_000, 1),
	"Ki": big.NewRat(1<<10, 1), "Mi": big.NewRat(1<<20, 1), "Gi": big.NewRat(1<<30, 1), "Ti": big.NewRat(1<<40, 1),
}

// quantity reads an amount as patches write it: digits with a point and a suffix. unit is what one of the result is worth.
func quantity(text string, unit *big.Rat) (int64, error) {
	end := strings.LastIndexAny(text, "0123456789.") + 1
	scale, known := scales[text[end:]]
	plain := end > 0 && len(text) <= 32 && strings.Trim(text[:end], "0123456789.") == "" // no sign, fraction or exponent
	if !known || !plain {
		return 0, fmt.Errorf("%q is no quantity", text)
	}
	number, ok := new(big.Rat).SetString(text[:end])
	if !ok {
		return 0, fmt.Errorf("%q is no quantity", text)
	}
	number.Quo(number.Mul(number, scale), unit)
	up := new(big.Int).Add(number.Num(), new(big.Int).Sub(number.Denom(), big.NewInt(1)))
	up.Quo(up, number.Denom())
	if !up.IsInt64() {
		return 0, fmt.Errorf("%q is beyond what a machine has", text)
	}
	return up.Int64(), nil
}

func byteAmount(text string) (int64, error) { return quantity(text, scales[""]) }
func millicores(text string) (int64, error) { return quantity(text, scales["m"]) }
