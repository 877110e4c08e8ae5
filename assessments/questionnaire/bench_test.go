package questionnaire

import "testing"

// The gate with nothing answered is its most expensive: every set of questions is weighed.
func BenchmarkGateWithNothingAnswered(b *testing.B) {
	sheet, err := Current().Sheet(nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Current().Gate(sheet)
	}
}
