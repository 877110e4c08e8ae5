package store

import (
	"context"
	"fmt"
	"strings"
)

// liveChannel is where the database tells of what is new. Whoever may connect can hear it: it carries ids alone.
const liveChannel = "plimsoll_live"

// News says of what there is something new: a platform, or a person's sessions. The other is the zero value.
type News struct {
	Platform PlatformID
	Person   PersonID
}

// Listen tells of news, of every organization, until the context ends or the connection breaks, whose error it returns. It takes one
// connection out of the pool for good. begun is called once nothing more can be missed: what was new before is to be read.
func (s *Store) Listen(ctx context.Context, begun func(), tell func(News)) error {
	acquired, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	connection := acquired.Hijack()
	defer func() { _ = connection.Close(context.WithoutCancel(ctx)) }()
	if _, err := connection.Exec(ctx, "listen "+liveChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	begun()
	for {
		notification, err := connection.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		if news, ok := readNews(notification.Payload); ok {
			tell(news)
		}
	}
}

// readNews passes over what it does not know: a newer server may say more.
func readNews(payload string) (news News, ok bool) {
	kind, id, _ := strings.Cut(payload, " ")
	var err error
	switch kind {
	case "platform":
		news.Platform, err = ParseID[Platform](id)
	case "person":
		news.Person, err = ParseID[Person](id)
	default:
		return news, false
	}
	return news, err == nil
}

// TellOfPerson has every server look again whether a person's open pages may still be followed.
func (s *Store) TellOfPerson(ctx context.Context, person PersonID) error {
	if _, err := s.pool.Exec(ctx, "select pg_notify($1, $2)", liveChannel, "person "+person.String()); err != nil {
		return fmt.Errorf("news of person %s: %w", person, err)
	}
	return nil
}

// Mark is a word that changes with what a platform's pages follow: its newest snapshot and that one's state, its newest reading of a
// node, its newest result, how far its reports are, and how far its making is where it is a sample.
func (t *Tx) Mark(ctx context.Context, platform PlatformID) (mark string, err error) {
	err = t.tx.QueryRow(ctx, `
		select concat_ws('.',
		  coalesce((select n.id || '.' || s.state from snapshots n
		    join snapshot_states s on s.organization_id = n.organization_id and s.snapshot_id = n.id
		    where n.platform_id = p.id order by s.changed_at desc, n.id desc limit 1), '-'),
		  coalesce((select r.id || '.' || left(r.digest, 12) from node_readings r where r.platform_id = p.id order by r.received_at desc, r.id desc limit 1), '-'),
		  coalesce((select a.id::text from assessments a where a.platform_id = p.id order by a.created_at desc, a.id desc limit 1), '-'),
		  coalesce((select r.id || '.' || (select count(*) from reports w where w.platform_id = p.id and w.state = 'queued') from reports r where r.platform_id = p.id order by r.id desc limit 1), '-'),
		  replace(nullif(p.making, ''), ' ', '-'))
		from platforms p where p.id = $1`, platform).Scan(&mark)
	if err != nil {
		return "", named(err, "mark of platform", platform)
	}
	return mark, nil
}
