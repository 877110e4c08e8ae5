// Package jobs owns the work that is done beside requests, one file a job, on a queue in the same database: a job is added in the
// transaction of what it is about, and done in the transaction of its result.
//
// The queue's tables have no row security. A job names its organization in its arguments, and works as that tenant alone.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"plimsoll/assessments"
	"plimsoll/server/store"
)

const (
	schema = "river" // of the queue's tables

	// timeout bounds one try at a job. A job that was running when its server died is taken up again after rescueAfter, which must
	// be the longer of the two.
	timeout     = 5 * time.Minute
	rescueAfter = 7 * time.Minute

	maxAttempts = 5
	maxWorkers  = 4 // at a time, in one server

	snooze = 3 * time.Second // until a job that found no room is tried again; it counts as no try
)

// Queue adds jobs, and works on them once started.
type Queue struct {
	client  *river.Client[pgx.Tx]
	reports *reportWorker
	now     func() time.Time
}

// Options of a queue.
type Options struct {
	Log *slog.Logger
	// Polling is for a database behind a pooler in transaction mode, through which no notifications come.
	Polling bool
	Now     func() time.Time // nil: the clock
	Sampler Sampler          // nil: no sample is made here
}

// New returns a queue over a pool of the app's role.
func New(pool *pgxpool.Pool, content *assessments.Content, options Options) (*Queue, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	assessor := &Assessor{Store: store.New(pool), Content: content, Now: options.Now}
	workers := river.NewWorkers()
	river.AddWorker(workers, &snapshotWorker{assessor: assessor})
	river.AddWorker(workers, &reassessWorker{assessor: assessor})
	river.AddWorker(workers, &nodesWorker{assessor: assessor})
	river.AddWorker(workers, &whatIfWorker{assessor: assessor, log: quiet(options.Log)})
	river.AddWorker(workers, &sampleWorker{assessor: assessor, sampler: options.Sampler, log: quiet(options.Log)})
	reports := &reportWorker{store: assessor.Store, log: quiet(options.Log)}
	river.AddWorker(workers, reports)
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema:               schema,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: maxWorkers}},
		Workers:              workers,
		JobTimeout:           timeout,
		RescueStuckJobsAfter: rescueAfter,
		MaxAttempts:          maxAttempts,
		PollOnly:             options.Polling,
		Logger:               quiet(options.Log),
		ReindexerIndexNames:  []string{}, // rebuilding an index is its owner's right, which the app is not
	})
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	return &Queue{client, reports, options.Now}, nil
}

// quiet passes on what an operator should see: the queue tells each of its own moves.
func quiet(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(atLeast{log.Handler(), slog.LevelWarn})
}

type atLeast struct {
	slog.Handler
	level slog.Level
}

func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level && h.Handler.Enabled(ctx, level)
}

// Start begins to work, until Stop.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("job queue: %w", err)
	}
	return nil
}

// TakeUp has jobs that were running when the only server died done again at once, instead of after rescueAfter. No other server may be
// working on the same database.
func (q *Queue) TakeUp(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, "update "+schema+".river_job set state = 'available', scheduled_at = now() where state = 'running'"); err != nil {
		return fmt.Errorf("jobs of a server that died: %w", err)
	}
	return nil
}

// Stop takes no more jobs, and waits for those under way until the context ends; then they are broken off, to be done again later.
func (q *Queue) Stop(ctx context.Context) error {
	if err := q.client.Stop(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("job queue: %w", err)
	}
	if ctx.Err() != nil {
		if err := q.client.StopAndCancel(context.WithoutCancel(ctx)); err != nil {
			return fmt.Errorf("job queue: %w", err)
		}
	}
	return nil
}

// AssessSnapshot adds the job of assessing a snapshot to the transaction that stores it.
func (q *Queue) AssessSnapshot(ctx context.Context, t *store.Tx, snapshot store.SnapshotID) error {
	return q.insert(ctx, t, snapshotArgs{t.Organization(), snapshot}, nil)
}

// Reassess adds the job of assessing a platform again to the transaction that changed its answers, facts or waivers. Changes that
// come before it is begun share one job. A change that comes while one is running is seen by that one: see Assessor.Platform.
func (q *Queue) Reassess(ctx context.Context, t *store.Tx, platform store.PlatformID) error {
	return q.insert(ctx, t, reassessArgs{t.Organization(), platform}, &river.InsertOpts{
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled, rivertype.JobStateRetryable,
		}},
	})
}

func (q *Queue) insert(ctx context.Context, t *store.Tx, args river.JobArgs, options *river.InsertOpts) error {
	if _, err := q.client.InsertTx(ctx, t.Queue(), args, options); err != nil {
		return fmt.Errorf("job %s: %w", args.Kind(), err)
	}
	return nil
}

// done marks the job as done in the transaction of its result.
func done[T river.JobArgs](ctx context.Context, t *store.Tx, job *river.Job[T]) error {
	if _, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, t.Queue(), job); err != nil {
		return fmt.Errorf("job %s %d: %w", job.Kind, job.ID, err)
	}
	return nil
}
