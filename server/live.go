package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"plimsoll/server/store"
)

// Open streams of news, each of which holds a connection: of all, and of one person. A browser closes those of pages that are out of
// sight, so that one person's few are many.
const (
	maxStreams         = 2000
	maxStreamsOfPerson = 8
)

// How long to wait until news are listened for again after the database went away.
const (
	listenAgainSoon = 500 * time.Millisecond
	listenAgainLate = 30 * time.Second
)

// live hands the database's news to the streams of whoever follows a platform. One connection listens for the whole server, from the
// first stream on.
type live struct {
	store *store.Store
	log   *slog.Logger

	mu      sync.Mutex
	streams map[*stream]struct{}
	of      map[store.PersonID]int
	begun   bool
	ctx     context.Context // done where streams are to end
	stop    context.CancelFunc
	ended   chan struct{}
}

// stream is one open page that follows a platform.
type stream struct {
	platform store.PlatformID
	person   store.PersonID
	news     chan struct{} // holds one: many news are looked at once
}

func newLive(s *store.Store, log *slog.Logger) *live {
	ctx, stop := context.WithCancel(context.Background())
	return &live{store: s, log: log, streams: map[*stream]struct{}{}, of: map[store.PersonID]int{}, ctx: ctx, stop: stop, ended: make(chan struct{})}
}

// enter opens a stream until leave is called; false where there is no room, or the server stops.
func (l *live) enter(person store.PersonID, platform store.PlatformID) (entered *stream, leave func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil || len(l.streams) >= maxStreams || l.of[person] >= maxStreamsOfPerson {
		return nil, nil, false
	}
	if !l.begun {
		l.begun = true
		go l.listen()
	}
	entered = &stream{platform: platform, person: person, news: make(chan struct{}, 1)}
	l.streams[entered] = struct{}{}
	l.of[person]++
	return entered, func() { l.leave(entered) }, true
}

func (l *live) leave(left *stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.streams, left)
	if l.of[left.person]--; l.of[left.person] == 0 {
		delete(l.of, left.person)
	}
}

// listen listens until the server stops. What came while nobody listened is looked for once somebody does again.
func (l *live) listen() {
	defer close(l.ended)
	pause := listenAgainSoon
	for {
		everybody := func() { l.tell(func(*stream) bool { return true }) }
		err := l.store.Listen(l.ctx, func() { pause = listenAgainSoon; everybody() }, l.hear)
		if l.ctx.Err() != nil {
			return
		}
		l.log.Warn("news are not heard for now", "error", err, "again in", pause)
		select {
		case <-l.ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, listenAgainLate)
	}
}

func (l *live) hear(news store.News) {
	l.tell(func(s *stream) bool {
		return !news.Platform.IsZero() && s.platform == news.Platform || !news.Person.IsZero() && s.person == news.Person
	})
}

func (l *live) tell(concerns func(*stream) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := range l.streams {
		if !concerns(s) {
			continue
		}
		select {
		case s.news <- struct{}{}:
		default: // it has not looked since the last ones
		}
	}
}

// close ends every stream, and the listening. It may be called more than once.
func (l *live) close() {
	l.mu.Lock()
	l.stop()
	begun := l.begun
	l.mu.Unlock()
	if begun {
		<-l.ended
	}
}
