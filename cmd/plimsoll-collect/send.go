package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"plimsoll/collectors/retry"
)

const (
	uploadAttempts = 6
	firstPause     = 500 * time.Millisecond
	longestPause   = time.Minute // whatever Retry-After says
)

// source gives a whole snapshot from its start, again for each attempt, and how many bytes it has.
type source func() (io.ReadCloser, int64, error)

// fileSource is a snapshot in a file.
func fileSource(name string) source {
	return func() (io.ReadCloser, int64, error) {
		file, err := os.Open(name)
		if err != nil {
			return nil, 0, fmt.Errorf("read %s: %w", name, cause(err))
		}
		info, err := file.Stat()
		if err != nil {
			file.Close()
			return nil, 0, fmt.Errorf("read %s: %w", name, cause(err))
		}
		return file, info.Size(), nil
	}
}

// bytesSource is a small snapshot in memory.
func bytesSource(text []byte) source {
	return func() (io.ReadCloser, int64, error) {
		return io.NopCloser(bytes.NewReader(text)), int64(len(text)), nil
	}
}

// outcome is what came of one attempt.
type outcome struct {
	said string        // by the server that took it
	err  error         // why it did not
	wait time.Duration // that the server wants to be left alone; 0 where it does not say, never where asking again is in vain
}

const never = -1

// send uploads a snapshot, again where the server or the way to it may come back.
func (u *upload) send(ctx context.Context, stderr io.Writer, from source) error {
	return u.goOn(ctx, stderr, from, u.attempt(ctx, from))
}

// goOn makes the attempts that are left after the first.
func (u *upload) goOn(ctx context.Context, stderr io.Writer, from source, last outcome) error {
	for attempt := 1; last.err != nil; attempt++ {
		if ctx.Err() == nil && last.wait < 0 {
			return &refusedForGood{last.err}
		}
		if ctx.Err() == nil && attempt == uploadAttempts {
			return last.err
		}
		if ctx.Err() == nil {
			_ = retry.Pause(ctx, cmp.Or(retry.Spread(last.wait), retry.BackOff(firstPause, attempt))) // ends early only with the context
		}
		if ctx.Err() != nil {
			return u.late(ctx, last.err)
		}
		if next := u.attempt(ctx, from); next.err == nil || ctx.Err() == nil {
			last = next // else it says no more than that time is up
		}
	}
	fmt.Fprintln(stderr, last.said)
	return nil
}

// refusedForGood is an error that no further attempt mends.
type refusedForGood struct{ error }

func (r *refusedForGood) Unwrap() error { return r.error }

// late says how an upload stood when its time was up, or when somebody ended it.
func (u *upload) late(ctx context.Context, last error) error {
	switch {
	case !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &interrupted{fmt.Sprintf("interrupted before %s said that it has the snapshot", u.host())}
	case errors.Is(last, context.DeadlineExceeded):
		return fmt.Errorf("the snapshot could not be sent in the time given: %s was too slow", u.host())
	}
	return fmt.Errorf("the snapshot could not be sent in the time given; the last answer was: %w", last)
}

func (u *upload) attempt(ctx context.Context, from source) outcome {
	body, size, err := from()
	if err != nil {
		return outcome{err: err, wait: never}
	}
	return u.post(ctx, body, size)
}

// unknownSize is for a body that is still being made.
const unknownSize = -1

// post sends a body and closes it.
func (u *upload) post(ctx context.Context, body io.ReadCloser, size int64) outcome {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.address, body)
	if err != nil {
		body.Close()
		return outcome{err: err, wait: never}
	}
	request.ContentLength = size
	request.Header.Set("Content-Type", "application/gzip")
	request.Header.Set("Authorization", "Bearer "+u.token)
	request.Header.Set("User-Agent", "plimsoll-collect/"+version)
	request.Header.Set("Idempotency-Key", u.key)
	request.Header.Set("Expect", "100-continue") // a server that will not take it says so before it travels
	answer, err := u.client.Do(request)
	if err != nil {
		return lostOn(request, err)
	}
	defer answer.Body.Close()
	return judge(answer)
}

// judge makes an outcome of an answer.
func judge(answer *http.Response) outcome {
	host := answer.Request.URL.Host
	switch code := answer.StatusCode; {
	case code == http.StatusAccepted || code == http.StatusCreated:
		return outcome{said: fmt.Sprintf("sent to %s: a new snapshot%s", host, location(answer))}
	case code == http.StatusOK:
		return outcome{said: fmt.Sprintf("sent to %s: it has this snapshot already", host)}
	case code == http.StatusProxyAuthRequired:
		return lostOn(answer.Request, errProxyPassword)
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		return outcome{err: fmt.Errorf("%s: %s", host, problem(answer)), wait: retry.After(answer.Header, longestPause)}
	case code >= 300 && code < 400:
		return outcome{err: fmt.Errorf("%s points to another address (%s), where the token does not go: if it is right, give that one as the URL", host, printable(answer.Header.Get("Location"))), wait: never}
	}
	return outcome{err: fmt.Errorf("%s does not take the snapshot: %s", host, problem(answer)), wait: never}
}
