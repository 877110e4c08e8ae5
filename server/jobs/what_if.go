package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"

	"plimsoll/assessments/whatif"
	"plimsoll/server/store"
)

// whatIfArgs names a question of what a platform would score.
type whatIfArgs struct {
	Organization store.OrganizationID `json:"organization"`
	Platform     store.PlatformID     `json:"platform"`
	WhatIf       store.WhatIfID       `json:"whatIf"`
}

func (whatIfArgs) Kind() string { return "what_if" }

// WhatIf adds the job of answering a question to the transaction that asks it.
func (q *Queue) WhatIf(ctx context.Context, t *store.Tx, platform store.PlatformID, id store.WhatIfID) error {
	return q.insert(ctx, t, whatIfArgs{t.Organization(), platform, id}, nil)
}

type whatIfWorker struct {
	river.WorkerDefaults[whatIfArgs]
	assessor *Assessor
	log      *slog.Logger
}

// What a person is told where a question has no answer.
const (
	whatIfNothing = "The platform has no result yet that could move."
	whatIfGone    = "None of these findings is there any more: they were mended or waived since."
	whatIfFault   = "This could not be worked out. The operator finds the reason in the log."
)

// Work answers the question from the platform's newest snapshot and answers. A fault that trying again can't mend is told in its place.
func (w *whatIfWorker) Work(ctx context.Context, job *river.Job[whatIfArgs]) error {
	summary, problem, err := w.assessor.whatIf(ctx, job.Args)
	switch {
	case errors.Is(err, store.ErrNotFound): // erased meanwhile
		return river.JobCancel(err)
	case errors.Is(err, errLargeBusy):
		return river.JobSnooze(snooze)
	case err != nil && job.Attempt < job.MaxAttempts && !errors.Is(err, errPanicked):
		return err
	case err != nil:
		w.log.LogAttrs(ctx, slog.LevelError, "a what-if was not answered", slog.String("id", job.Args.WhatIf.String()), slog.String("error", err.Error()))
		problem = whatIfFault
	}
	return w.assessor.Store.InOrganization(ctx, job.Args.Organization, func(t *store.Tx) error {
		if err := t.AnswerWhatIf(ctx, job.Args.WhatIf, summary, problem); err != nil {
			return err
		}
		return done(ctx, t, job)
	})
}

// whatIf reads what the platform's result is made of, and evaluates it with and without the mends.
func (a *Assessor) whatIf(ctx context.Context, args whatIfArgs) (summary *whatif.Summary, problem string, err error) {
	var asked store.WhatIf
	found := gathered{cause: store.CauseAnswers}
	held := false
	defer func() {
		if held {
			a.large.Unlock()
		}
	}()
	err = a.Store.InOrganization(ctx, args.Organization, func(t *store.Tx) (err error) {
		if asked, err = t.WhatIfByID(ctx, args.Platform, args.WhatIf); err != nil {
			return err
		}
		if _, found.snapshot, err = latest(ctx, t, args.Platform); err != nil {
			return err
		}
		if err := a.hold(found.snapshot, &held); err != nil {
			return err
		}
		return a.gather(ctx, t, args.Platform, &found)
	})
	if errors.Is(err, errNothing) {
		return nil, whatIfNothing, nil
	}
	if err == nil {
		summary, problem, err = tried(found, asked)
	}
	if err != nil {
		return nil, "", fmt.Errorf("what if %s: %w", args.WhatIf, err)
	}
	return summary, problem, nil
}

func tried(found gathered, asked store.WhatIf) (summary *whatif.Summary, problem string, err error) {
	defer caught(&err)
	base := whatif.New(found.input)
	known, missing := base.Known(asked.Rules, asked.Fingerprints)
	if len(known) == 0 {
		return nil, whatIfGone, nil
	}
	result, err := base.Try(whatif.Change{Findings: known})
	if err != nil {
		return nil, "", err
	}
	made := result.Summary(missing)
	return &made, "", nil
}
