package server_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server/auth/devidentity"
	"plimsoll/server/logo"
	"plimsoll/server/store"
)

// pictureOf is a PNG of one colour.
func pictureOf(t *testing.T, w, h int, c color.Color) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

// sendLogo sends the form; a nil file is none chosen, as browsers say it.
func (d desk) sendLogo(t *testing.T, browser *http.Client, alt string, file []byte) (page string, at *url.URL, status int) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	name := ""
	if file != nil {
		name = "a page.html" // what a file calls itself counts for nothing
	}
	part, err := form.CreateFormFile("logo", name)
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, form.WriteField("alt", alt))
	require.NoError(t, form.Close())
	response, err := browser.Post(d.URL+d.home+"/logo", form.FormDataContentType(), &body)
	require.NoError(t, err)
	return text(t, response), response.Request.URL, response.StatusCode
}

var picturePath = regexp.MustCompile(`<img src="([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]*)"`)

func TestALogoIsPutShownAndTakenAway(t *testing.T) {
	d := newDesk(t)
	require.NotContains(t, d.open(t, d.home, 200), "<img")
	d.open(t, d.home+"/logo.png", 404)

	page, at, status := d.sendLogo(t, d.browser, "", pictureOf(t, 960, 96, color.NRGBA{15, 118, 110, 255}))
	require.Equal(t, 200, status)
	require.Equal(t, d.home+"/settings", at.Path)
	require.Contains(t, page, "The logo is kept.")
	shown := picturePath.FindStringSubmatch(page)
	require.Equal(t, []string{"480", "48", "Logo of Nordhafen Logistik"}, shown[2:])
	require.Contains(t, d.open(t, d.home, 200), `src="`+shown[1]+`"`)

	response := d.get(t, d.browser, shown[1])
	picture := text(t, response)
	require.Equal(t, "image/png", response.Header.Get("Content-Type"))
	require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
	require.Contains(t, response.Header.Get("Cache-Control"), "immutable")
	require.Contains(t, response.Header.Get("Cache-Control"), "private")
	decoded, err := png.Decode(strings.NewReader(picture))
	require.NoError(t, err)
	require.Equal(t, image.Pt(480, 48), decoded.Bounds().Size())
	response = d.get(t, d.browser, d.home+"/logo.png?v=another")
	require.Equal(t, picture, text(t, response))
	require.Equal(t, "private, no-cache", response.Header.Get("Cache-Control"))

	page, _, _ = d.sendLogo(t, d.browser, `A "crane"`, nil)
	require.Contains(t, page, "The words for the logo are kept.")
	again := picturePath.FindStringSubmatch(page)
	require.Equal(t, []string{shown[1], "A &#34;crane&#34;"}, []string{again[1], again[4]})

	page, _ = d.post(t, d.home+"/logo/remove", url.Values{})
	require.Contains(t, page, "The logo is gone.")
	require.NotContains(t, d.open(t, d.home, 200), "<img")
	d.open(t, shown[1], 404)

	var actions []string
	person, err := d.store.SignIn(t.Context(), store.Identity{Issuer: devidentity.Issuer, Subject: devidentity.People[0].Login, Name: devidentity.People[0].Name})
	require.NoError(t, err)
	memberships, err := d.store.OrganizationsOf(t.Context(), person.ID)
	require.NoError(t, err)
	require.NoError(t, d.store.InOrganization(t.Context(), memberships[0].ID, func(x *store.Tx) error {
		events, err := x.AuditEvents(t.Context(), store.EventID{}, 10)
		for _, e := range events {
			if strings.HasPrefix(e.Action, "organization.logo.") {
				require.Equal(t, person.ID, *e.PersonID)
				actions = append(actions, e.Action)
			}
		}
		return err
	}))
	require.Equal(t, []string{"organization.logo.remove", "organization.logo.describe", "organization.logo.put"}, actions)
}

// What can't be taken is said beside the field. The logo that was there stays, and so do the words that were typed.
func TestALogoIsRefusedInWords(t *testing.T) {
	d := newDesk(t)
	page, _, status := d.sendLogo(t, d.browser, "A crane", nil)
	require.Equal(t, 422, status)
	require.Contains(t, page, "Choose a file.")
	page, _ = d.post(t, d.home+"/logo", url.Values{"alt": {"no form of this kind"}})
	require.Contains(t, page, "Choose a file.")

	good := pictureOf(t, 30, 20, color.NRGBA{15, 118, 110, 255})
	_, _, status = d.sendLogo(t, d.browser, "A crane", good)
	require.Equal(t, 200, status)
	kept := picturePath.FindStringSubmatch(d.open(t, d.home, 200))[1]
	for name, c := range map[string]struct {
		file []byte
		alt  string
		says string
	}{
		"an SVG":            {[]byte(`<svg onload="alert(1)"/>`), "typed", "This is an SVG"},
		"a page":            {[]byte("<!doctype html><p>hello"), "typed", "This is a text"},
		"too many pixels":   {pictureOf(t, logo.MaxSide+1, 1, color.White), "typed", "2049 × 1 pixels. At most 2048 × 2048"},
		"cut off":           {good[:len(good)-20], "typed", "The PNG is damaged"},
		"too many bytes":    {append(bytes.Clone(good), make([]byte, logo.MaxBytes)...), "typed", "larger than 1 MiB"},
		"far too many":      {append(bytes.Clone(good), make([]byte, 8<<20)...), "typed", "larger than 1 MiB"},
		"a nameless colour": {pictureOf(t, 9, 9, color.NRGBA{}), "typed", "transparent"},
		"long words":        {good, strings.Repeat("ä", 161), "At most 160 letters."},
		"two lines":         {good, "one\ntwo", "on one line"},
		"no text at all":    {good, "\xff\xfe", "Letters, digits and signs only"},
	} {
		t.Run(name, func(t *testing.T) {
			page, _, status := d.sendLogo(t, d.browser, c.alt, c.file)
			require.Equal(t, 422, status)
			require.Contains(t, page, c.says)
			if c.alt == "typed" {
				require.Contains(t, page, `value="typed"`)
			}
			require.Equal(t, kept, picturePath.FindStringSubmatch(d.open(t, d.home, 200))[1])
		})
	}
	_, _, status = d.sendLogo(t, d.browser, "A crane", append(bytes.Clone(good), make([]byte, 17<<20)...))
	require.Equal(t, http.StatusRequestEntityTooLarge, status, "beyond what is read at all")
}

// Who may look sees the logo, and no form.
func TestOnlyManagersChangeTheLogo(t *testing.T) {
	d := newDesk(t)
	good := pictureOf(t, 30, 20, color.NRGBA{15, 118, 110, 255})
	_, _, status := d.sendLogo(t, d.browser, "A crane", good)
	require.Equal(t, 200, status)
	person, err := d.store.SignIn(t.Context(), store.Identity{Issuer: devidentity.Issuer, Subject: devidentity.People[0].Login, Name: devidentity.People[0].Name})
	require.NoError(t, err)
	memberships, err := d.store.OrganizationsOf(t.Context(), person.ID)
	require.NoError(t, err)
	h := house{organization: memberships[0].Organization}
	for login, role := range map[string]store.Role{"ines": store.Viewer, "tomas": store.Assessor} {
		d.member(t, h, login, role)
		browser := d.newBrowser(t, login)
		page := text(t, d.get(t, browser, d.home+"/settings"))
		require.Contains(t, page, `alt="A crane"`)
		require.NotContains(t, page, d.home+"/logo\"")
		require.Equal(t, 200, d.get(t, browser, d.home+"/logo.png").StatusCode)
		_, _, status := d.sendLogo(t, browser, "mine now", good)
		require.Equal(t, http.StatusForbidden, status)
		response, err := browser.PostForm(d.URL+d.home+"/logo/remove", nil)
		require.NoError(t, err)
		text(t, response)
		require.Equal(t, http.StatusForbidden, response.StatusCode)
	}
	require.Contains(t, d.open(t, d.home, 200), `alt="A crane"`)
}

// newBrowser is somebody else’s browser, signed in.
func (d desk) newBrowser(t *testing.T, login string) *http.Client {
	t.Helper()
	browser := d.site.browser(t)
	d.signIn(t, browser, login)
	return browser
}

func TestTheReportCarriesTheLogo(t *testing.T) {
	d, platform := gated(t)
	d.work(t)
	made := func(version string) string { return text(t, d.report(t, platform, version)) }
	require.NotContains(t, made("full"), "/Subtype /Image")
	_, _, status := d.sendLogo(t, d.browser, "A crane", pictureOf(t, 30, 20, color.NRGBA{15, 118, 110, 255}))
	require.Equal(t, 200, status)
	first := made("full")
	require.Equal(t, 1, strings.Count(first, "/Subtype /Image"))
	require.Equal(t, first, made("full"), "the same bytes for the same result")
	require.Contains(t, made("short"), "/Subtype /Image")
	_, _ = d.post(t, d.home+"/logo/remove", url.Values{})
	require.NotContains(t, made("full"), "/Subtype /Image")
}
