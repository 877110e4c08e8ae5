package server_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/server/auth"
	"plimsoll/server/store"
)

// tokenFor makes a token that uploads to one platform.
func (s *site) tokenFor(t *testing.T, h house, platform store.Platform, name string) (text string) {
	t.Helper()
	text, hash, hint := auth.NewToken(h.organization.ID)
	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) error {
		_, err := x.CreateToken(t.Context(), h.person.ID, store.NewToken{Platform: &platform.ID, Name: name, Scope: store.UploadScope, Hash: hash, Hint: hint,
			SigningKey: snapshot.PublicHalf(snapshot.SigningKey(text))})
		return err
	}))
	return text
}

func (s *site) platform(t *testing.T, h house, name string) (made store.Platform) {
	t.Helper()
	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) (err error) {
		made, err = x.CreatePlatform(t.Context(), name, "")
		return err
	}))
	return made
}

// A token of one platform is tried on every route there is, as a bearer and in a browser's place: it uploads there, sees what became of
// it, and everything else is as for nobody at all.
func TestATokenOfOnePlatformDoesNothingElse(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	other := s.platform(t, h, "Other")
	token := s.tokenFor(t, h, h.platform, "narrow")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path, bearer string) int {
		request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, bytes.NewReader(taken(t, 1, nil)))
		require.NoError(t, err)
		request.Header.Set("Content-Type", gzipType)
		if bearer != "" {
			request.Header.Set("Authorization", "Bearer "+bearer)
		}
		response, err := client.Do(request)
		require.NoError(t, err)
		text(t, response)
		return response.StatusCode
	}
	require.Equal(t, http.StatusAccepted, ask(http.MethodPost, "/api/v1/platforms/"+h.platform.ID.String()+"/snapshots", token))
	for _, elsewhere := range []string{other.ID.String(), store.NewID[store.Platform]().String(), "x"} {
		require.Equal(t, http.StatusNotFound, ask(http.MethodPost, "/api/v1/platforms/"+elsewhere+"/snapshots", token))
	}
	theirs := decode[state](t, s.upload(t, house{platform: other}, h.token, bytes.NewReader(taken(t, 2, nil)), gzipType))
	require.Equal(t, http.StatusNotFound, ask(http.MethodGet, "/api/v1/snapshots/"+theirs.ID, token), "what became of another platform's")
	tried := 0
	for _, r := range s.service.Routes() {
		if r.Action == auth.Public || r.API && (r.Action == auth.UploadSnapshot || r.Action == auth.ReadSnapshotState) {
			continue
		}
		tried++
		path := address(r.Path, h.organization.Slug, h.platform.Slug)
		got := ask(r.Method, path, token)
		require.Equal(t, ask(r.Method, path, ""), got, "%s %s", r.Method, r.Path)
		require.Contains(t, []int{http.StatusSeeOther, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, got, "%s %s", r.Method, r.Path)
	}
	require.Greater(t, tried, 20)
	for _, r := range s.service.Routes() { // and whatever is put under the API one day asks for its own right
		require.True(t, !r.API || r.Action == auth.Public || auth.ScopeAllows(store.UploadScope, r.Action) == (r.Action == auth.UploadSnapshot || r.Action == auth.ReadSnapshotState), r.Path)
	}
}

func TestTokensOnTheirPage(t *testing.T) {
	d := newDesk(t)
	d.platform(t, "Production", "")
	d.platform(t, "Plan", "")
	page := d.open(t, d.home+"/tokens?platform=production", 200)
	require.Contains(t, page, `<option value="production" selected>Production</option>`)
	for field, c := range map[string]struct {
		form url.Values
		says string
	}{
		"no platform":        {url.Values{"name": {"CI"}, "days": {"30"}}, "Choose one of the platforms."},
		"another's platform": {url.Values{"name": {"CI"}, "days": {"30"}, "platform": {"nowhere"}}, "Choose one of the platforms."},
		"no name":            {url.Values{"days": {"30"}, "platform": {"*"}}, "Give it a name."},
		"too long":           {url.Values{"name": {"CI"}, "days": {"9999"}, "platform": {"*"}}, "1 to 366 days"},
	} {
		page, _ := d.post(t, d.home+"/tokens", c.form)
		require.Contains(t, page, c.says, field)
		require.NotContains(t, page, "is made", field)
	}
	page, _ = d.post(t, d.home+"/tokens", url.Values{"name": {"nightly"}, "days": {"30"}, "platform": {"production"}})
	token := regexp.MustCompile(`plim_[a-z2-7]{64}`).FindString(page)
	require.NotEmpty(t, token)
	require.Contains(t, page, "--token-file token.txt --sign", "the command is ready to copy")
	page = d.open(t, d.home+"/tokens", 200)
	require.Regexp(t, `(?s)upload to\s*<bdi[^>]*>Production`, page)
	require.Contains(t, page, `data-label="Last used">never`)

	var production, plan store.Platform
	d.inHouse(t, func(ctx context.Context, tx *store.Tx, _ store.Platform) (err error) {
		production, err = tx.PlatformBySlug(ctx, "production")
		require.NoError(t, err)
		plan, err = tx.PlatformBySlug(ctx, "plan")
		require.NoError(t, err)
		events, err := tx.AuditEvents(ctx, store.EventID{}, 1)
		require.NoError(t, err)
		require.Equal(t, "token.create", events[0].Action)
		require.Equal(t, map[string]any{"scope": "upload", "platform": production.ID.String()}, events[0].Details)
		return nil
	})
	require.Equal(t, 404, d.upload(t, house{platform: plan}, token, bytes.NewReader(taken(t, 1, nil)), gzipType).StatusCode)
	require.Equal(t, 202, d.upload(t, house{platform: production}, token, bytes.NewReader(taken(t, 1, nil)), gzipType).StatusCode)
	require.NotContains(t, d.open(t, d.home+"/tokens", 200), `data-label="Last used">never`)
	_, err := d.db.Admin.Exec(t.Context(), "update tokens set expires_at = now() - interval '1 second'")
	require.NoError(t, err)
	require.Contains(t, d.open(t, d.home+"/tokens", 200), `<span class="pill">expired</span>`)
	require.Equal(t, 401, d.upload(t, house{platform: production}, token, bytes.NewReader(taken(t, 2, nil)), gzipType).StatusCode)
}

// signedBy is a snapshot that a token signed.
func signedBy(t *testing.T, token string, seed uint64) []byte {
	t.Helper()
	var file bytes.Buffer
	records := snapshottest.Generate(3, seed)
	w, err := snapshot.NewWriter(&file, records[0].(snapshot.Header))
	require.NoError(t, err)
	w.SignWith(snapshot.SigningKey(token))
	for _, record := range records[1:] {
		require.NoError(t, w.Write(record))
	}
	require.NoError(t, w.Close())
	return file.Bytes()
}

func TestWhoSignedIsKnownWhoeverUploads(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	narrow := s.tokenFor(t, h, h.platform, "narrow")
	elsewhere := s.tokenFor(t, h, s.platform(t, h, "Other"), "elsewhere")
	ended := s.tokenFor(t, h, h.platform, "ended")
	_, err := s.db.Admin.Exec(t.Context(), "update tokens set expires_at = now() - interval '1 hour' where name = 'ended'")
	require.NoError(t, err)
	stranger := s.newHouse(t, "tomas")
	for name, c := range map[string]struct {
		file []byte
		want store.Signature
		by   string
	}{
		"nobody":                        {taken(t, 1, nil), store.Unsigned, ""},
		"its own token":                 {signedBy(t, h.token, 2), store.Proven, "ci"},
		"a token of the platform":       {signedBy(t, narrow, 3), store.Proven, "narrow"},
		"a token of another platform":   {signedBy(t, elsewhere, 4), store.UnknownKey, ""},
		"a token that has ended":        {signedBy(t, ended, 5), store.ProvenLate, "ended"},
		"another organization's token":  {signedBy(t, stranger.token, 6), store.UnknownKey, ""},
		"a token that there never was":  {signedBy(t, neverToken(h), 7), store.UnknownKey, ""},
		"a node's reading by the token": {ofNode(t, reading{node: "node-0001", token: narrow}), store.Proven, ""},
	} {
		t.Run(name, func(t *testing.T) {
			response := s.upload(t, h, h.token, bytes.NewReader(c.file), gzipType)
			require.Equal(t, http.StatusAccepted, response.StatusCode)
			answer := decode[nodeAnswer](t, response)
			require.Equal(t, string(c.want), answer.Signature)
			if answer.Source == "node" {
				return
			}
			require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) error {
				stored, err := x.SnapshotByDigest(t.Context(), h.platform.ID, answer.Digest)
				require.NoError(t, err)
				names, err := x.TokenNames(t.Context())
				if c.by == "" {
					require.Nil(t, stored.SignedBy)
				} else {
					require.Equal(t, c.by, names[*stored.SignedBy])
				}
				require.Equal(t, c.want != store.Unsigned, stored.SigningKeyID != "")
				return err
			}))
		})
	}
}

func TestASignatureThatDoesNotVerifyIsRefused(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	honest := signedBy(t, h.token, 1)
	forged := forge(t, honest)
	response := s.upload(t, h, h.token, bytes.NewReader(forged), gzipType)
	body := text(t, response)
	require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode, body)
	require.Contains(t, body, `"code":"signature"`)
	require.Zero(t, s.rows(t, "snapshots"))
	require.Equal(t, http.StatusAccepted, s.upload(t, h, h.token, bytes.NewReader(honest), gzipType).StatusCode)
}

// A token from before tokens had keys: its key is known from its first use on.
func TestATokenWithoutAKeyGetsItWhenItIsUsed(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	_, err := s.db.Admin.Exec(t.Context(), "update tokens set signing_key = null")
	require.NoError(t, err)
	second := s.tokenFor(t, h, h.platform, "second")
	early := decode[nodeAnswer](t, s.upload(t, h, second, bytes.NewReader(signedBy(t, h.token, 1)), gzipType))
	require.Equal(t, "unknown", early.Signature, "nobody knows it yet")
	late := decode[nodeAnswer](t, s.upload(t, h, h.token, bytes.NewReader(signedBy(t, h.token, 2)), gzipType))
	require.Equal(t, "proven", late.Signature)
}

func TestPagesSayWhoSigned(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	page, _ := d.post(t, d.home+"/tokens", url.Values{"name": {"air gap"}, "days": {"30"}, "platform": {"production"}})
	token := regexp.MustCompile(`plim_[a-z2-7]{64}`).FindString(page)
	require.NotEmpty(t, token)
	_, _, status := d.uploadForm(t, platform, signedBy(t, token, 1))
	require.Equal(t, 200, status)
	eventually(t, func() bool { return strings.Contains(d.open(t, platform+"/snapshots", 200), "scored</span>") })
	_, _, status = d.uploadForm(t, platform, ofNode(t, reading{node: "node-0001", percent: 80}))
	require.Equal(t, 200, status)
	eventually(t, func() bool {
		d.mergeNow(t)
		page = d.open(t, platform+"/snapshots", 200)
		return strings.Contains(page, "scored") && strings.Contains(page, "with readings of 1 of 3 nodes, 1 October 2026, 05:00 UTC")
	})
	require.Contains(t, page, "signed by token air gap")
	page = d.open(t, platform, 200)
	require.Regexp(t, `(?s)<dt>Signature</dt>\s*<dd>\s*<bdi[^>]*>signed by token air gap`, page)
	require.Contains(t, page, "<dd>1 of 3 nodes, 1 October 2026, 05:00 UTC</dd>")
	require.Contains(t, d.open(t, platform+"/history", 200), "readings of nodes")

	page, _, status = d.uploadForm(t, platform, forge(t, signedBy(t, token, 2)))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "The signature does not verify")
}

// forge changes a line of a snapshot and makes its digest fit again, as somebody can who has the file and not the token.
func forge(t *testing.T, file []byte) []byte {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(file))
	require.NoError(t, err)
	whole, err := io.ReadAll(zip)
	require.NoError(t, err)
	digest := func(lines string) string {
		sum := sha256.Sum256([]byte(lines[:strings.LastIndex(strings.TrimSuffix(lines, "\n"), "\n")+1]))
		return hex.EncodeToString(sum[:])
	}
	changed := strings.Replace(string(whole), `"kubeletVersion":"v1.36.2"`, `"kubeletVersion":"v1.36.3"`, 1)
	require.NotEqual(t, string(whole), changed)
	return zipped(t, strings.Replace(changed, digest(string(whole)), digest(changed), 1))
}
