package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"plimsoll/assessments/snapshot"
)

// streamFrom is how much of a snapshot is there before it sets out. A server gives each upload a place and a pace: what is smaller is
// sent whole, with its length.
const streamFrom = 16 << 10

// errRefused ends a collection whose snapshot nobody takes.
var errRefused = errors.New("the server does not take the snapshot")

// carry sends a snapshot while it is made. It is spooled too: where the way or the server breaks off, it is sent again from its start,
// and not made again. What is refused for good ends the making, unless the snapshot is wanted for something else too.
func (u *upload) carry(ctx context.Context, stderr io.Writer, wanted bool, collect func(context.Context, io.Writer) error) error {
	kept, err := newSpool(snapshot.DefaultLimits().CompressedBytes)
	if err != nil {
		return err
	}
	defer kept.remove()
	making, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	streamed := make(chan outcome, 1)
	go func() {
		first := u.stream(ctx, kept)
		if first.err != nil && first.wait == never && !wanted {
			stop(errRefused)
		}
		streamed <- first
	}()
	err = collect(making, kept)
	kept.finish(err)
	first := <-streamed
	switch {
	case errors.Is(context.Cause(making), errRefused):
		return first.err
	case err != nil && errors.Is(ctx.Err(), context.Canceled):
		return &interrupted{"interrupted: nothing was sent"}
	case err != nil:
		return err
	case first.err == errSmall:
		return u.send(ctx, stderr, kept.whole)
	}
	return u.goOn(ctx, stderr, kept.whole, first)
}

// errSmall says that a snapshot was whole before it set out.
var errSmall = errors.New("nothing was streamed")

// stream is the first attempt, of a snapshot that is still being made.
func (u *upload) stream(ctx context.Context, kept *spool) outcome {
	if !kept.reaches(streamFrom) {
		return outcome{err: errSmall}
	}
	return u.post(ctx, kept.follow(), unknownSize)
}

// keptIn adds to an error where the snapshot is, that was not sent.
func keptIn(out string, err error) error {
	if err == nil || out == "" || out == "-" {
		return err
	}
	return fmt.Errorf("%w; it is kept in %s, for plimsoll-collect upload", err, out)
}
