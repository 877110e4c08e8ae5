// Package retry owns how long to wait before asking a server again: what the cluster's reader and the upload share.
package retry

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// After is how long the server asks to be left alone by its Retry-After header, a number of seconds or a date, longest at the most;
// 0 where it does not say.
func After(header http.Header, longest time.Duration) time.Duration {
	text := header.Get("Retry-After")
	if date, err := http.ParseTime(text); err == nil {
		return min(max(0, time.Until(date)), longest)
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, int(longest/time.Second))) * time.Second
}

// Spread lengthens a wait that a server asked of many at once by up to a quarter, so that they do not all come back at once.
func Spread(wait time.Duration) time.Duration {
	return wait + rand.N(wait/4+1)
}

// BackOff doubles from attempt to attempt, the first being 1, with a jitter that keeps many collectors apart: from half to one and
// a half of the doubled time.
func BackOff(first time.Duration, attempt int) time.Duration {
	wait := first << (attempt - 1)
	return wait/2 + rand.N(wait)
}

// Pause waits, and ends early with the context's error.
func Pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
