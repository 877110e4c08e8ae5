package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"

	"plimsoll/server/store"
)

// Reporter reads what a report is made from, and returns what makes its file once the transaction is over.
type Reporter func(ctx context.Context, t *store.Tx, asked store.Report) (make func() ([]byte, error), err error)

// reportArgs names a report that was asked for.
type reportArgs struct {
	Organization store.OrganizationID `json:"organization"`
	Platform     store.PlatformID     `json:"platform"`
	Report       store.ReportID       `json:"report"`
}

func (reportArgs) Kind() string { return "report" }

// Report adds the job of making a report to the transaction that asks for it.
func (q *Queue) Report(ctx context.Context, t *store.Tx, platform store.PlatformID, id store.ReportID) error {
	return q.insert(ctx, t, reportArgs{t.Organization(), platform, id}, nil)
}

// ReportBy says who makes reports. It is said before the queue starts.
func (q *Queue) ReportBy(reporter Reporter) { q.reports.reporter = reporter }

type reportWorker struct {
	river.WorkerDefaults[reportArgs]
	store    *store.Store
	reporter Reporter
	log      *slog.Logger
}

// reportFault is what a person is told where a report can't be made.
const reportFault = "The report could not be made. The operator finds the reason in the log."

// Work makes the file. A fault that trying again can't mend is told in its place.
func (w *reportWorker) Work(ctx context.Context, job *river.Job[reportArgs]) error {
	content, err := w.made(ctx, job.Args)
	problem := ""
	switch {
	case errors.Is(err, store.ErrNotFound): // erased meanwhile
		return river.JobCancel(err)
	case err != nil && job.Attempt < job.MaxAttempts && !errors.Is(err, errPanicked):
		return err
	case err != nil:
		w.log.LogAttrs(ctx, slog.LevelError, "a report was not made", slog.String("id", job.Args.Report.String()), slog.String("error", err.Error()))
		content, problem = nil, reportFault
	}
	return w.store.InOrganization(ctx, job.Args.Organization, func(t *store.Tx) error {
		if err := t.FinishReport(ctx, job.Args.Report, content, problem); err != nil {
			return err
		}
		return done(ctx, t, job)
	})
}

func (w *reportWorker) made(ctx context.Context, args reportArgs) (content []byte, err error) {
	var make func() ([]byte, error)
	err = w.store.InOrganization(ctx, args.Organization, func(t *store.Tx) error {
		asked, err := t.ReportByID(ctx, args.Platform, args.Report)
		if err != nil {
			return err
		}
		if w.reporter == nil {
			return errors.New("this queue's server makes no reports")
		}
		make, err = w.reporter(ctx, t, asked)
		return err
	})
	if err == nil {
		content, err = rendered(make)
	}
	if err == nil && len(content) > store.MaxReportBytes {
		err = fmt.Errorf("%w: a report of %d bytes is larger than any that is kept", errPanicked, len(content))
	}
	if err != nil {
		return nil, fmt.Errorf("report %s: %w", args.Report, err)
	}
	return content, nil
}

func rendered(make func() ([]byte, error)) (content []byte, err error) {
	defer caught(&err)
	return make()
}
