package assessments

// room lends rules the memory of their outcomes and lends it again to the next rule, so that seventy rules over ten thousand
// workloads take the room of one. A rule that asks twice has two lots.
type room struct{ free, lent [][]Outcome }

// Outcomes makes room for so many outcomes of one rule.
func (v View) Outcomes(n int) []Outcome {
	if v.room == nil {
		return make([]Outcome, 0, n)
	}
	return v.room.lend(n)
}

func (r *room) lend(n int) []Outcome {
	var lot []Outcome
	if last := len(r.free) - 1; last >= 0 {
		lot, r.free = r.free[last], r.free[:last]
	}
	if cap(lot) < n {
		lot = make([]Outcome, 0, n)
	}
	r.lent = append(r.lent, lot)
	return lot
}

// takeBack ends the use of everything that was lent.
func (r *room) takeBack() { r.free, r.lent = append(r.free, r.lent...), r.lent[:0] }
