package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"plimsoll/assessments/questionnaire"
)

// OrganizationName is what an operator's command knows of an organization before it works as that tenant.
type OrganizationName struct {
	ID   OrganizationID `db:"id"`
	Slug string         `db:"slug"`
}

// Organizations lists every organization by its slug, for operators' commands alone: no page and no API asks for it.
func (s *Store) Organizations(ctx context.Context) (names []OrganizationName, err error) {
	begin := pgx.TxOptions{BeginQuery: "begin read only; select set_config('app.directory', 'on', true)"}
	err = pgx.BeginTxFunc(ctx, s.pool, begin, func(tx pgx.Tx) error {
		names, err = many[OrganizationName](ctx, tx, "organizations", "all", "select id, slug from organizations order by slug, id")
		return err
	})
	return names, err
}

// lastOfEach are the last assessment of each snapshot of platform $1 and, where it has no snapshot, its last of answers alone.
const lastOfEach = `
	select distinct on (snapshot_id) * from assessments
	where platform_id = $1 and (snapshot_id is not null or not exists (select from assessments s where s.platform_id = $1 and s.snapshot_id is not null))
	order by snapshot_id, created_at desc, id desc`

// Outdated lists those of a platform's results that count and were made by another content than the one given, the oldest first: the
// last of each snapshot, or of answers alone where there is none. An empty hash compares versions alone.
func (t *Tx) Outdated(ctx context.Context, platform PlatformID, version, hash string) ([]AssessmentRow, error) {
	return many[AssessmentRow](ctx, t.tx, "outdated assessments of platform", platform, "select "+assessmentColumns+" from ("+lastOfEach+`) last
		where content_version <> $2 or $3 <> '' and content_hash <> $3
		order by coalesce(taken_at, created_at), id`, platform, version, hash)
}

// IsLast reports whether an assessment is still the last of its snapshot, or of its platform's answers alone.
func (t *Tx) IsLast(ctx context.Context, a AssessmentRow) (last bool, err error) {
	err = t.tx.QueryRow(ctx, "select exists (select from ("+lastOfEach+") last where id = $2)", a.PlatformID, a.ID).Scan(&last)
	if err != nil {
		return false, named(err, "assessment", a.ID)
	}
	return last, nil
}

// AnswersAt are the answers that counted for a platform at a moment, by question and seat.
func (t *Tx) AnswersAt(ctx context.Context, platform PlatformID, at time.Time) ([]questionnaire.Answer, error) {
	return t.answers(ctx, platform, `
		select `+answerColumns+` from (
		  select distinct on (question, seat) * from answer_revisions where platform_id = $1 and answered_at <= $2
		  order by question, seat, revision desc) a left join people p on p.id = a.person_id
		order by a.question, a.seat`, platform, at)
}

// SiblingSnapshotsAt is SiblingSnapshots as they stood at a moment.
func (t *Tx) SiblingSnapshotsAt(ctx context.Context, platform PlatformID, at time.Time) ([]SiblingSnapshot, error) {
	return many[SiblingSnapshot](ctx, t.tx, "siblings of platform", platform, siblingSnapshots, platform, at)
}
