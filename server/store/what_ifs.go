package store

import (
	"context"
	"time"

	"plimsoll/assessments/whatif"
)

// WhatIfID names a question of what a platform would score.
type WhatIfID = ID[WhatIf]

// WhatIfState is how far a question is.
type WhatIfState string

// The states of a question.
const (
	WhatIfQueued WhatIfState = "queued"
	WhatIfDone   WhatIfState = "done"
	WhatIfFailed WhatIfState = "failed"
)

// Bounds of a question, and of how many stand in a platform and wait in an organization.
const (
	MaxWhatIfFindings = 500
	MaxWhatIfRules    = 200
	maxWhatIfs        = 50
	maxWhatIfsWaiting = 8
)

// WhatIf asks what a platform would score with some findings mended.
type WhatIf struct {
	ID           WhatIfID        `db:"id"`
	PlatformID   PlatformID      `db:"platform_id"`
	Rules        []string        `db:"rules"`        // every open finding of these
	Fingerprints []string        `db:"fingerprints"` // and these
	State        WhatIfState     `db:"state"`
	Problem      string          `db:"problem"` // of one that failed
	Summary      *whatif.Summary `db:"summary"` // nil until it is done
	By           string          `db:"by"`
	CreatedAt    time.Time       `db:"created_at"`
}

const whatIfColumns = "w.id, w.platform_id, w.rules, w.fingerprints, w.state, w.problem, w.summary, coalesce(p.name, '') as by, w.created_at"

// CreateWhatIf asks. The platform keeps its newest questions; ErrConflict where too many of the organization wait.
func (t *Tx) CreateWhatIf(ctx context.Context, platform PlatformID, person PersonID, rules, fingerprints []string) (WhatIfID, error) {
	id := NewID[WhatIf]()
	tag, err := t.tx.Exec(ctx, `
		insert into what_ifs (organization_id, id, platform_id, rules, fingerprints, person_id)
		select $1, $2, $3, $4, $5, $6 where (select count(*) from what_ifs where state = 'queued') < $7`,
		t.organization, id, platform, texts(rules), texts(fingerprints), person, maxWhatIfsWaiting)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrConflict
	}
	if err == nil {
		_, err = t.tx.Exec(ctx, `
			delete from what_ifs where platform_id = $1 and state <> 'queued' and id not in (select id from what_ifs where platform_id = $1 order by id desc limit $2)`,
			platform, maxWhatIfs)
	}
	if err != nil {
		return id, named(err, "what if of platform", platform)
	}
	return id, nil
}

// WhatIfByID returns one question of a platform.
func (t *Tx) WhatIfByID(ctx context.Context, platform PlatformID, id WhatIfID) (WhatIf, error) {
	return one[WhatIf](ctx, t.tx, "what if", id, "select "+whatIfColumns+" from what_ifs w left join people p on p.id = w.person_id where w.id = $1 and w.platform_id = $2",
		id, platform)
}

// AnswerWhatIf stores what a question came to. A nil summary is none: the problem says why.
func (t *Tx) AnswerWhatIf(ctx context.Context, id WhatIfID, summary *whatif.Summary, problem string) error {
	state := WhatIfFailed
	var body []byte
	if summary != nil {
		state = WhatIfDone
		encoded, err := document(summary)
		if err != nil {
			return named(err, "answer what if", id)
		}
		body = encoded
	}
	return change(ctx, t.tx, "answer what if", id, "update what_ifs set state = $2, summary = $3, problem = $4 where id = $1", id, state, body, text(problem))
}
