package seed

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/server/intake"
)

// Showcase is the example's production platform for whoever has no organization: its results, old to new, computed of the same snapshots
// and answers, without a database.
type Showcase struct {
	Organization string
	Platform     string
	Results      []assessments.Assessment
}

// Latest is the newest result.
func (s *Showcase) Latest() *assessments.Assessment { return &s.Results[len(s.Results)-1] }

// Show computes the showcase as of a day.
func Show(content *assessments.Content, today time.Time) (*Showcase, error) {
	shown := &Showcase{Organization: organization, Platform: "Production, Hamburg"}
	input := assessments.Input{Content: content, Surveyed: true}
	var known []facts.WorkloadFact
	for _, what := range hamburgHistory {
		at := daysBefore(today, what.daysAgo)
		switch {
		case what.answers != nil:
			for _, s := range what.answers {
				answer, err := s.given(content.Questionnaire, at)
				if err != nil {
					return nil, fmt.Errorf("showcase: %w", err)
				}
				input.Answers = append(input.Answers, answer)
			}
		case what.recovery:
			known = append(known, recoveryOfKafka(at))
		case what.waived:
			input.Waivers = append(input.Waivers, vendorsHabit(today))
		case what.snapshot:
			before, err := see(&input, known, what.stage, at)
			if err != nil {
				return nil, fmt.Errorf("showcase: %w", err)
			}
			shown.Results = append(shown.Results, assessments.Assess(input))
			input.History = append(slices.Clone(input.History), before)
		}
	}
	return shown, nil
}

// see puts a snapshot of production into the input, written and read as any is, and returns what later ones are compared with.
func see(input *assessments.Input, known []facts.WorkloadFact, stage int, at time.Time) (assessments.Earlier, error) {
	file, err := encode(hamburg.at(stage, at))
	if err != nil {
		return assessments.Earlier{}, err
	}
	read, err := intake.Read(bytes.NewReader(file), snapshot.DefaultLimits())
	if err != nil {
		return assessments.Earlier{}, err
	}
	input.AsOf = assessments.Day(at)
	builder := facts.NewBuilder(facts.Options{Declared: known, AsOf: input.AsOf})
	reader := snapshot.NewReader(bytes.NewReader(file), snapshot.DefaultLimits())
	for record, err := range reader.Pointers() {
		if err != nil {
			return assessments.Earlier{}, err
		}
		builder.Add(record)
	}
	input.Facts = builder.Build()
	input.Facts.Digest = reader.Digest()
	return read.Summary.At(read.TakenAt), nil
}
