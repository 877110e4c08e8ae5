package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"
)

const maxSlug = 48

// slugOf turns a name into the word that stands for it in addresses; fallback where nothing of it can be kept.
func slugOf(name, fallback string) string {
	var slug strings.Builder
	for _, r := range strings.ToLower(norm.NFKD.String(name)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			slug.WriteRune(r)
		case r > 127: // an accent that was taken off its letter, or a script of its own
		case slug.Len() > 0 && !strings.HasSuffix(slug.String(), "-"):
			slug.WriteByte('-')
		}
		if slug.Len() >= maxSlug {
			break
		}
	}
	if trimmed := strings.Trim(slug.String(), "-"); trimmed != "" {
		return trimmed
	}
	return fallback
}

// Tries to find a free slug: with numbers first, then with random ends, so that nobody can take all of a word's.
const (
	maxNumberedSlugs = 8
	maxSlugTries     = 12
	slugEnd          = 6 // letters
)

// withFreeSlug calls insert with slug, slug-2, slug-3 … until one is free. Each try is undone before the next.
func withFreeSlug(ctx context.Context, tx pgx.Tx, slug string, insert func(tx pgx.Tx, slug string) error) error {
	for n := 1; ; n++ {
		try := slug
		switch {
		case n > maxNumberedSlugs:
			try = slug + "-" + strings.ToLower(rand.Text()[:slugEnd])
		case n > 1:
			try = fmt.Sprintf("%s-%d", slug, n)
		}
		err := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error { return insert(tx, try) })
		if err == nil || !errors.Is(err, ErrExists) || n == maxSlugTries {
			return err
		}
	}
}
