package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Logo is the picture that an organization stands under, without its bytes.
type Logo struct {
	Digest     string    `db:"digest"` // SHA-256 of the PNG, in hexadecimal
	Width      int       `db:"width"`  // pixels
	Height     int       `db:"height"`
	Bytes      int       `db:"bytes"`
	Dark       bool      `db:"dark"` // it was drawn on the dark ground
	Alt        string    `db:"alt"`  // what it shows, in words
	By         string    `db:"by"`   // who uploaded it; empty where they were erased
	UploadedAt time.Time `db:"uploaded_at"`
}

const logoColumns = "encode(l.digest, 'hex') as digest, l.width, l.height, length(l.png) as bytes, l.dark, l.alt, coalesce(p.name, '') as by, l.uploaded_at"

const fromLogos = " from logos l left join people p on p.id = l.person_id where l.organization_id = $1"

// Logo returns the organization's logo; ErrNotFound without one.
func (t *Tx) Logo(ctx context.Context) (Logo, error) {
	return one[Logo](ctx, t.tx, "logo of", t.organization, "select "+logoColumns+fromLogos, t.organization)
}

// LogoPNG returns the logo with the picture itself; ErrNotFound without one.
func (t *Tx) LogoPNG(ctx context.Context) (Logo, []byte, error) {
	type picture struct {
		Logo
		PNG []byte `db:"png"`
	}
	found, err := one[picture](ctx, t.tx, "picture of", t.organization, "select l.png, "+logoColumns+fromLogos, t.organization)
	return found.Logo, found.PNG, err
}

// PutLogo puts a picture in the place of the one before it. Digest, Bytes, By and UploadedAt are given here.
func (t *Tx) PutLogo(ctx context.Context, person PersonID, logo Logo, png []byte) (digest string, err error) {
	sum := sha256.Sum256(png)
	return hex.EncodeToString(sum[:]), change(ctx, t.tx, "put logo of", t.organization, `
		insert into logos (organization_id, digest, png, width, height, dark, alt, person_id) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (organization_id) do update set digest = excluded.digest, png = excluded.png, width = excluded.width, height = excluded.height,
		  dark = excluded.dark, alt = excluded.alt, person_id = excluded.person_id, uploaded_at = excluded.uploaded_at`,
		t.organization, sum[:], png, logo.Width, logo.Height, logo.Dark, text(logo.Alt), person)
}

// DescribeLogo says in other words what the logo shows.
func (t *Tx) DescribeLogo(ctx context.Context, alt string) error {
	return change(ctx, t.tx, "describe logo of", t.organization, "update logos set alt = $2 where organization_id = $1", t.organization, text(alt))
}

// RemoveLogo erases the picture.
func (t *Tx) RemoveLogo(ctx context.Context) error {
	return change(ctx, t.tx, "remove logo of", t.organization, "delete from logos where organization_id = $1", t.organization)
}
