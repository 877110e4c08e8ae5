// Package seed fills a new installation for one person on one machine with an example organization, so that every page has something
// to show. Nothing of a result is made up: snapshots are written by the snapshot writer, read and stored as an upload is, and assessed
// by the assessor, with clocks set back to the day on which each thing happened.
package seed

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
	"plimsoll/server/auth/devidentity"
	"plimsoll/server/intake"
	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

// organization is the example's name.
const organization = "Harbour Logistics"

// roles of the invented people in the example, by their logins. Who is not named has no organization yet.
var roles = []struct {
	login string
	role  store.Role
}{{"mara", store.Owner}, {"tomas", store.Assessor}, {"ines", store.Viewer}}

// Example makes the example organization with its people, platforms and history, once: where any of its people belongs to an
// organization, nothing is done. The assessor's clock says what today is.
func Example(ctx context.Context, s *store.Store, assessor *jobs.Assessor) error {
	e := example{store: s, assessor: assessor, today: assessor.Now(), people: map[string]store.PersonID{}}
	for _, person := range devidentity.People {
		signed, err := s.SignIn(ctx, store.Identity{Issuer: devidentity.Issuer, Subject: person.Login, Email: person.Email, Name: person.Name})
		if err != nil {
			return fmt.Errorf("example: %w", err)
		}
		memberships, err := s.OrganizationsOf(ctx, signed.ID)
		if err != nil || len(memberships) > 0 {
			return err
		}
		e.people[person.Login] = signed.ID
	}
	made, err := s.CreateOrganization(ctx, e.people[roles[0].login], organization)
	if err != nil {
		return fmt.Errorf("example: %w", err)
	}
	e.organization = made.ID
	for _, step := range []func(context.Context) error{e.members, e.oldCluster, e.staging, e.planned, e.production} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("example: %w", err)
		}
	}
	return nil
}

type example struct {
	store        *store.Store
	assessor     *jobs.Assessor
	today        time.Time
	people       map[string]store.PersonID
	organization store.OrganizationID
}

func (e *example) members(ctx context.Context) error {
	return e.inOrganization(ctx, func(t *store.Tx) error {
		for _, r := range roles[1:] {
			if err := t.AddMember(ctx, e.people[r.login], r.role); err != nil {
				return err
			}
		}
		return nil
	})
}

// daysAgo is a moment of a working morning.
func (e *example) daysAgo(days int) time.Time { return daysBefore(e.today, days) }

func daysBefore(today time.Time, days int) time.Time {
	return assessments.Day(today).AddDate(0, 0, -days).Add(8 * time.Hour)
}

// production is a cluster with ten weeks of history: what is mended, and what comes new.
func (e *example) production(ctx context.Context) error {
	platform, err := e.platform(ctx, "Production, Hamburg", "The cluster in the Hamburg data centre that the shop, the fleet and the port authority's tracking run on.")
	if err != nil {
		return err
	}
	return e.live(ctx, platform, hamburgHistory)
}

// hamburg is the example's production cluster.
var hamburg = cluster{uid: "7d1c5a52-93f0-4c1e-9a57-2f6b8c0e41d3", region: "hamburg", version: "v1.35.4", age: 900 * day, workers: 9}

// event is what happened to a platform on a day: one of its fields.
type event struct {
	daysAgo  int
	snapshot bool // taken at a stage
	stage    int
	who      string // gave answers
	answers  []said
	recovery bool // of Kafka became known; the next snapshot is judged with it
	waived   bool // a vendor's habit
}

// hamburgHistory is production's, in the order of its days.
var hamburgHistory = []event{
	{daysAgo: 69, snapshot: true, stage: 0},
	{daysAgo: 66, who: "mara", answers: managersAnswers},
	{daysAgo: 56, snapshot: true, stage: budgetsAdded},
	{daysAgo: 52, who: "tomas", answers: engineersAnswers},
	{daysAgo: 51, recovery: true},
	{daysAgo: 42, snapshot: true, stage: imagesPinned},
	{daysAgo: 28, snapshot: true, stage: nodeReplaced},
	{daysAgo: 28, waived: true},
	{daysAgo: 14, snapshot: true, stage: drainUnblocked},
	{daysAgo: 1, snapshot: true, stage: lastStage},
}

// live lets a history happen to a platform.
func (e *example) live(ctx context.Context, platform store.PlatformID, history []event) error {
	for _, what := range history {
		var err error
		at := daysBefore(e.today, what.daysAgo)
		switch {
		case what.snapshot:
			err = e.snapshot(ctx, platform, hamburg, what.stage, at)
		case what.answers != nil:
			err = e.answer(ctx, platform, what.who, what.answers, at)
		case what.recovery:
			err = e.knowRecovery(ctx, platform, at)
		case what.waived:
			err = e.waive(ctx, platform)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// staging has evidence alone: nobody has answered anything yet.
func (e *example) staging(ctx context.Context) error {
	platform, err := e.platform(ctx, "Shop, staging", "Where the shop's releases are tried. Its snapshot comes from the pipeline.")
	if err != nil {
		return err
	}
	shopAlone := map[string]bool{"shop": true, "ingress": true, "monitoring": true}
	staging := cluster{uid: "c0a4e6b1-58d7-4b0e-8f43-91d2a7e35f60", region: "hamburg", version: "v1.36.2", age: 120 * day, workers: 3, oneReplica: true,
		namespaces: func(name string) bool { return shopAlone[name] }}
	return e.snapshot(ctx, platform, staging, lastStage, e.daysAgo(3))
}

// planned has answers alone: there is no cluster, and the question is whether there should be one.
func (e *example) planned(ctx context.Context) error {
	platform, err := e.platform(ctx, "Warehouse (planned)", "Should the new warehouse's software get a cluster of its own?")
	if err != nil {
		return err
	}
	return e.answer(ctx, platform, "mara", plannedAnswers, e.daysAgo(20))
}

// oldCluster is what production moved away from; it is kept for its history.
func (e *example) oldCluster(ctx context.Context) error {
	platform, err := e.platform(ctx, "Old cluster", "Switched off after the move to Hamburg.")
	if err != nil {
		return err
	}
	old := cluster{uid: "2b90f3ce-1c4d-4e8a-b6a1-5d0e7f92c318", region: "bremen", version: "v1.31.4", age: 1500 * day, workers: 5,
		namespaces: func(name string) bool { return name != "customs" && name != "billing" }}
	if err := e.snapshot(ctx, platform, old, 0, e.daysAgo(210)); err != nil {
		return err
	}
	return e.inOrganization(ctx, func(t *store.Tx) error { return t.ArchivePlatform(ctx, platform) })
}

func (e *example) inOrganization(ctx context.Context, work func(*store.Tx) error) error {
	return e.store.InOrganization(ctx, e.organization, work)
}

func (e *example) platform(ctx context.Context, name, description string) (id store.PlatformID, err error) {
	err = e.inOrganization(ctx, func(t *store.Tx) error {
		made, err := t.CreatePlatform(ctx, name, description)
		id = made.ID
		return err
	})
	return id, err
}

// snapshot takes a cluster's snapshot in as the engineer's upload, shortly after it was taken, and assesses it.
func (e *example) snapshot(ctx context.Context, platform store.PlatformID, of cluster, stage int, takenAt time.Time) error {
	content, err := encode(of.at(stage, takenAt))
	if err != nil {
		return err
	}
	read, err := intake.Read(bytes.NewReader(content), snapshot.DefaultLimits())
	if err != nil {
		return err
	}
	engineer := e.people["tomas"]
	read.PlatformID, read.UploadedBy, read.StoredBytes, read.ReceivedAt = platform, &engineer, int64(len(content)), takenAt.Add(20*time.Minute)
	var stored store.Snapshot
	err = e.inOrganization(ctx, func(t *store.Tx) (err error) {
		if stored, _, err = t.InsertSnapshot(ctx, read.Snapshot, bytes.NewReader(content)); err != nil {
			return err
		}
		return t.BindCluster(ctx, platform, read.ClusterUID)
	})
	if err != nil {
		return err
	}
	return e.assessorAt(read.ReceivedAt).Snapshot(ctx, e.organization, stored.ID, nothingElse)
}

func nothingElse(*store.Tx) error { return nil }

// assessorAt is the assessor with its clock at a moment.
func (e *example) assessorAt(moment time.Time) *jobs.Assessor {
	return e.assessor.At(func() time.Time { return moment })
}

// answer stores somebody's answers, checked as a form's are, and assesses the platform with them.
func (e *example) answer(ctx context.Context, platform store.PlatformID, who string, answers []said, at time.Time) error {
	questions := e.assessor.Content.Questionnaire
	err := e.inOrganization(ctx, func(t *store.Tx) error {
		for _, s := range answers {
			answer, err := s.given(questions, at)
			if err != nil {
				return err
			}
			if _, err := t.PutAnswer(ctx, platform, e.people[who], answer, 0); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return e.assessorAt(at).Platform(ctx, e.organization, platform, store.CauseAnswers, nothingElse)
}

// knowRecovery states how long Kafka takes to come back. The next snapshot is judged with it.
func (e *example) knowRecovery(ctx context.Context, platform store.PlatformID, at time.Time) error {
	fact := recoveryOfKafka(at)
	if err := questionnaire.ValidateFact(fact); err != nil {
		return err
	}
	return e.inOrganization(ctx, func(t *store.Tx) error { return t.PutWorkloadFact(ctx, platform, e.people["tomas"], fact) })
}

// waive accepts a vendor's habit until its contract ends.
func (e *example) waive(ctx context.Context, platform store.PlatformID) error {
	waiver := vendorsHabit(e.today)
	return e.inOrganization(ctx, func(t *store.Tx) error {
		_, err := t.CreateWaiver(ctx, &platform, e.people["mara"], waiver)
		return err
	})
}

func recoveryOfKafka(at time.Time) facts.WorkloadFact {
	return facts.WorkloadFact{Namespace: "streaming", Kind: "StatefulSet", Name: "kafka", Key: facts.RecoverySecondsKey, Value: "1800",
		Basis: string(measured), At: at, ReviewBy: at.AddDate(0, 0, 180)}
}

func vendorsHabit(today time.Time) assessments.Waiver {
	return assessments.Waiver{Rule: "delivery/image-tag-mutable", Namespace: "reporting", Name: "dashboards",
		Reason: "The vendor's support covers the tag latest alone. The contract ends this quarter, and the reports move to Grafana.",
		Until:  assessments.Day(today).AddDate(0, 0, 45)}
}
