package seed

import (
	"context"
	"fmt"

	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

// SampleName is the name of a sample platform, whose reports are told by it too.
const SampleName = "Sample: Production, Hamburg"

// sampleHistory is short, so that whoever asks for a sample need not wait: one snapshot before the answers, and one after.
var sampleHistory = []event{
	{daysAgo: 28, snapshot: true, stage: nodeReplaced},
	{daysAgo: 21, who: "mara", answers: managersAnswers},
	{daysAgo: 20, who: "tomas", answers: engineersAnswers},
	{daysAgo: 20, recovery: true},
	{daysAgo: 14, waived: true},
	{daysAgo: 1, snapshot: true, stage: lastStage},
}

// Sample makes an organization's sample platform, in the name of the person who asks for it; store.ErrExists where it has one. Where it
// breaks half-way, what was made is thrown away again.
func Sample(ctx context.Context, s *store.Store, assessor *jobs.Assessor, organization store.OrganizationID, person store.PersonID) (platform store.Platform, err error) {
	e := example{store: s, assessor: assessor, today: assessor.Now(), people: map[string]store.PersonID{"mara": person, "tomas": person}, organization: organization}
	err = e.inOrganization(ctx, func(t *store.Tx) (err error) {
		platform, err = t.CreateSample(ctx, SampleName, "An invented cluster to look around in. Throw it away when you have seen enough.")
		return err
	})
	if err != nil {
		return platform, fmt.Errorf("sample: %w", err)
	}
	if err := e.live(ctx, platform.ID, sampleHistory); err != nil {
		_ = e.store.InOrganization(context.WithoutCancel(ctx), organization, func(t *store.Tx) error { return t.DiscardSample(context.WithoutCancel(ctx), platform.ID) })
		return platform, fmt.Errorf("sample: %w", err)
	}
	return platform, nil
}
