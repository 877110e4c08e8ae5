package e2e

import (
	"testing"

	"plimsoll/assessments/questionnaire"
)

func TestJourney(t *testing.T) {
	p := newPerson(t)
	p.signsIn("Mara")
	p.keeps("01-organizations")
	p.types("#name", "Northwind Freight")
	p.follows(func() { p.presses("Create organization") })
	p.keeps("02-organization")
	t.Log(p.location())
	p.follows(func() { p.presses("Create a platform") })
	p.types("#name", "Harbour")
	p.follows(func() { p.presses("Create platform") })
	p.keeps("03-platform")
	p.follows(func() { p.presses("Questions") })
	p.follows(func() { p.presses("Where you stand") })
	for _, s := range questionnaire.Current().Sections {
		t.Log(p.location(), s.ID)
		for _, a := range givenIn(t, s.ID) {
			p.answers(a)
		}
		p.keeps("04-questions-"+string(s.ID))
		p.follows(func() { p.presses("Save and go on") })
	}
	p.noComplaints()
}
