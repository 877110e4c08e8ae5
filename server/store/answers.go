package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"plimsoll/assessments/questionnaire"
)

// AnswerConflict says that an answer changed since the revision that a change was made from. It is an ErrConflict.
type AnswerConflict struct {
	Current questionnaire.Answer // what stands there now; the zero Answer where nothing does
}

func (c *AnswerConflict) Error() string {
	return fmt.Sprintf("answer %s: %v: it is at revision %d", c.Current.Question, ErrConflict, c.Current.Revision)
}

// Is makes it an ErrConflict.
func (c *AnswerConflict) Is(target error) bool { return target == ErrConflict }

type answerRow struct {
	Question   string               `db:"question"`
	Seat       questionnaire.Seat   `db:"seat"`
	Revision   int                  `db:"revision"`
	Answer     questionnaire.Answer `db:"answer"`
	Respondent string               `db:"respondent"`
	AnsweredAt time.Time            `db:"answered_at"`
}

func (r answerRow) answer() questionnaire.Answer {
	a := r.Answer
	a.Question, a.Seat, a.Revision, a.Respondent, a.AnsweredAt = r.Question, r.Seat, r.Revision, r.Respondent, r.AnsweredAt.UTC()
	return a
}

// The respondent's name is read from the person, never stored with the answer: who leaves or is erased takes their name with them.
const answerColumns = "a.question, a.seat, a.revision, a.answer, coalesce(p.name, '') as respondent, a.answered_at"

// Answers are the answers that count for a platform, by question and seat.
func (t *Tx) Answers(ctx context.Context, platform PlatformID) ([]questionnaire.Answer, error) {
	return t.answers(ctx, platform, `
		select `+answerColumns+` from answers a left join people p on p.id = a.person_id
		where a.platform_id = $1 order by a.question, a.seat`, platform)
}

// AnswerRevisions are all answers that a question ever had from a seat, the newest first.
func (t *Tx) AnswerRevisions(ctx context.Context, platform PlatformID, question string, seat questionnaire.Seat) ([]questionnaire.Answer, error) {
	return t.answers(ctx, platform, `
		select `+answerColumns+` from answer_revisions a left join people p on p.id = a.person_id
		where a.platform_id = $1 and a.question = $2 and a.seat = $3 order by a.revision desc`, platform, question, seat)
}

func (t *Tx) answers(ctx context.Context, platform PlatformID, sql string, args ...any) ([]questionnaire.Answer, error) {
	rows, err := many[answerRow](ctx, t.tx, "answers of platform", platform, sql, args...)
	if err != nil {
		return nil, err
	}
	answers := make([]questionnaire.Answer, len(rows))
	for i, row := range rows {
		answers[i] = row.answer()
	}
	return answers, nil
}

// PutAnswer stores an answer that was made from the given revision, 0 where there was none, and returns it with its new revision.
// Where another answer came between, nothing changes and the error is an AnswerConflict with what stands there.
func (t *Tx) PutAnswer(ctx context.Context, platform PlatformID, person PersonID, answer questionnaire.Answer, from int) (questionnaire.Answer, error) {
	stored := answer
	stored.Respondent = ""
	body, err := document(stored)
	if err != nil {
		return answer, named(err, "answer", answer.Question)
	}
	sql := `update answers set revision = revision + 1, answer = $5, person_id = $6, answered_at = $7
		where organization_id = $1 and platform_id = $2 and question = $3 and seat = $4 and revision = $8 returning revision`
	if from == 0 {
		sql = `insert into answers (organization_id, platform_id, question, seat, revision, answer, person_id, answered_at)
			values ($1, $2, $3, $4, $8 + 1, $5, $6, $7) on conflict do nothing returning revision`
	}
	err = t.tx.QueryRow(ctx, sql, t.organization, platform, answer.Question, answer.Seat, body, person, answer.AnsweredAt, from).Scan(&answer.Revision)
	if errors.Is(err, pgx.ErrNoRows) {
		return answer, t.answerConflict(ctx, platform, answer)
	}
	if err != nil {
		return answer, named(err, "answer", answer.Question)
	}
	_, err = t.tx.Exec(ctx, `
		insert into answer_revisions (organization_id, platform_id, question, seat, revision, answer, person_id, answered_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		t.organization, platform, answer.Question, answer.Seat, answer.Revision, body, person, answer.AnsweredAt)
	if err != nil {
		return answer, named(err, "answer", answer.Question)
	}
	return answer, t.touchInputs(ctx, &platform)
}

func (t *Tx) answerConflict(ctx context.Context, platform PlatformID, answer questionnaire.Answer) error {
	if _, err := t.PlatformByID(ctx, platform); err != nil {
		return err
	}
	standing, err := t.answers(ctx, platform, `
		select `+answerColumns+` from answers a left join people p on p.id = a.person_id
		where a.platform_id = $1 and a.question = $2 and a.seat = $3`, platform, answer.Question, answer.Seat)
	if err != nil {
		return err
	}
	conflict := &AnswerConflict{questionnaire.Answer{Question: answer.Question, Seat: answer.Seat, State: questionnaire.Unanswered}}
	if len(standing) == 1 {
		conflict.Current = standing[0]
	}
	return conflict
}
