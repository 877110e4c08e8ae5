package seed

import (
	"context"
	"fmt"

	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

// SampleName is the name of a sample platform, whose reports are told by it too.
const SampleName = "Sample: Production, Hamburg"

// sampleHistory is short, so that whoever asks for a sample waits for seconds: one snapshot before the answers, and one after.
var sampleHistory = []event{
	{daysAgo: 28, snapshot: true, stage: nodeReplaced},
	{daysAgo: 21, who: "mara", answers: managersAnswers},
	{daysAgo: 20, who: "tomas", answers: engineersAnswers},
	{daysAgo: 20, recovery: true},
	{daysAgo: 14, waived: true},
	{daysAgo: 1, snapshot: true, stage: lastStage},
}

// SampleAbout says what a sample platform is.
const SampleAbout = "An invented cluster to look around in. Throw it away when you have seen enough."

// Sample lets the history of a sample happen to a platform that has nothing yet, in the name of the person who asked for it.
func Sample(ctx context.Context, assessor *jobs.Assessor, organization store.OrganizationID, platform store.PlatformID, person store.PersonID) error {
	e := example{store: assessor.Store, assessor: assessor, today: assessor.Now(), organization: organization,
		people: map[string]store.PersonID{"mara": person, "tomas": person}}
	if err := e.live(ctx, platform, sampleHistory); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	return nil
}
