package auth_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server/auth"
	"plimsoll/server/auth/devidentity"
	"plimsoll/server/store"
)

// provider is the development identity provider on a port of its own, and ours that signs in at it.
type provider struct {
	identity *devidentity.Provider
	ours     *auth.Provider
	server   *httptest.Server
}

func newProvider(t *testing.T, change func(*auth.ProviderConfig)) provider {
	t.Helper()
	p := provider{server: httptest.NewUnstartedServer(nil)}
	issuer := "http://" + p.server.Listener.Addr().String() + "/identity"
	config := auth.ProviderConfig{Issuer: issuer, ClientID: "plimsoll", ClientSecret: "secret", RedirectURL: "http://127.0.0.1:1/callback"}
	var err error
	p.identity, err = devidentity.New(issuer, config.ClientID, config.ClientSecret, config.RedirectURL)
	require.NoError(t, err)
	p.server.Config.Handler = p.identity.Handler()
	p.server.Start()
	t.Cleanup(p.server.Close)
	if change != nil {
		change(&config)
	}
	p.ours = auth.NewProvider(config)
	return p
}

// pick goes to the provider as a browser would, picks a name, and returns with what it brings back.
func (p provider) pick(t *testing.T, address, login string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := browser.Get(address)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	asked, err := response.Location()
	require.NoError(t, err, response.Status)
	next, ok := p.identity.Pick(asked.Query().Get("request"), login)
	require.True(t, ok)
	response, err = browser.Get(p.server.URL + next)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	back, err := response.Location()
	require.NoError(t, err, response.Status)
	require.True(t, strings.HasPrefix(back.String(), "http://127.0.0.1:1/callback"))
	return back.Query()
}

func TestSignInOverTheProtocol(t *testing.T) {
	p := newProvider(t, func(c *auth.ProviderConfig) { c.KnownAs = "urn:here" })
	address, flow, err := p.ours.Begin(t.Context(), "/o/house")
	require.NoError(t, err)
	asked, err := url.Parse(address)
	require.NoError(t, err)
	require.Equal(t, "S256", asked.Query().Get("code_challenge_method"))
	require.Equal(t, "code", asked.Query().Get("response_type"))
	require.NotContains(t, address, flow.Verifier)
	require.Equal(t, "/o/house", flow.ReturnTo)

	back := p.pick(t, address, "mara")
	identity, err := p.ours.Finish(t.Context(), flow, back)
	require.NoError(t, err)
	require.Equal(t, store.Identity{Issuer: "urn:here", Subject: "mara", Email: "mara@example.com", Name: "Mara Lindqvist"}, identity, "name and address come by UserInfo")

	_, err = p.ours.Finish(t.Context(), flow, back)
	require.ErrorIs(t, err, auth.ErrSignIn, "a code is good once")
}

func TestASignInThatIsNotOursIsRefused(t *testing.T) {
	cases := map[string]struct {
		provider func(*auth.ProviderConfig)
		flow     func(*auth.Flow)
		back     func(url.Values)
		says     string
	}{
		"another state":      {flow: func(f *auth.Flow) { f.State = "other" }, says: "did not begin in this browser"},
		"no flow in session": {flow: func(f *auth.Flow) { *f = auth.Flow{} }, back: func(v url.Values) { v.Del("state") }, says: "did not begin in this browser"},
		"another nonce":      {flow: func(f *auth.Flow) { f.Nonce = "other" }, says: "nonce"},
		"another verifier":   {flow: func(f *auth.Flow) { f.Verifier = strings.Repeat("x", 43) }, says: "refused by the identity provider"},
		"another code":       {back: func(v url.Values) { v.Set("code", "other") }, says: "refused by the identity provider"},
		"an error":           {back: func(v url.Values) { v.Set("error", "access_denied") }, says: "access_denied"},
		"another secret":     {provider: func(c *auth.ProviderConfig) { c.ClientSecret = "other" }, says: "refused by the identity provider"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t, c.provider)
			address, flow, err := p.ours.Begin(t.Context(), "")
			require.NoError(t, err)
			back := p.pick(t, address, "mara")
			if c.flow != nil {
				c.flow(&flow)
			}
			if c.back != nil {
				c.back(back)
			}
			_, err = p.ours.Finish(t.Context(), flow, back)
			require.ErrorIs(t, err, auth.ErrSignIn)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestAProviderThatIsAwayIsAskedAgain(t *testing.T) {
	p := newProvider(t, nil)
	handler := p.server.Config.Handler
	away := true
	p.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		handler.ServeHTTP(w, r)
	})
	_, _, err := p.ours.Begin(t.Context(), "/")
	require.ErrorIs(t, err, auth.ErrProviderAway)
	away = false
	_, _, err = p.ours.Begin(t.Context(), "/")
	require.NoError(t, err)
}

func TestTheDevelopmentProviderStaysOnThisMachine(t *testing.T) {
	for _, issuer := range []string{"http://plimsoll.example.com/identity", "https://127.0.0.1/identity", "http://10.0.0.1/identity", "://"} {
		_, err := devidentity.New(issuer, "a", "b", "c")
		require.ErrorContains(t, err, "this machine alone", issuer)
	}
	p := newProvider(t, nil)
	_, ok := p.identity.Pick("never", "mara")
	require.False(t, ok)
	_, ok = p.identity.Page("never")
	require.False(t, ok)
}

func TestTokens(t *testing.T) {
	organization := store.NewID[store.Organization]()
	secret, hash, hint := auth.NewToken(organization)
	require.Regexp(t, `^plim_[a-z2-7]{64}$`, secret)
	require.True(t, strings.HasSuffix(secret, hint))
	named, again, err := auth.ReadToken(secret)
	require.NoError(t, err)
	require.Equal(t, organization, named)
	require.Equal(t, hash, again)
	other, _, _ := auth.NewToken(organization)
	require.NotEqual(t, secret, other)

	last := secret[len(secret)-1:]
	flipped := secret[:len(secret)-1] + map[bool]string{true: "b", false: "a"}[last == "a"]
	for _, bad := range []string{"", "plim_", flipped, strings.ToUpper(secret), secret + "a", strings.TrimPrefix(secret, "plim_"), "plim_" + strings.Repeat("a", 64)[:63] + "é"} {
		_, _, err := auth.ReadToken(bad)
		require.ErrorIs(t, err, auth.ErrBadToken, bad)
	}
}

func FuzzReadToken(f *testing.F) {
	secret, _, _ := auth.NewToken(store.NewID[store.Organization]())
	f.Add(secret)
	f.Add("plim_\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, _, err := auth.ReadToken(text); err == nil {
			require.Len(t, text, 69)
		}
	})
}

func TestSafePath(t *testing.T) {
	for in, want := range map[string]string{
		"/o/house?x=1": "/o/house?x=1", "": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/", "javascript:alert(1)": "/",
		"/a\nb": "/", "/" + strings.Repeat("a", 1000): "/", "o/house": "/",
	} {
		require.Equal(t, want, auth.SafePath(in), in)
	}
}

// The table in words: who may do what.
func TestRoles(t *testing.T) {
	want := map[auth.Action]string{
		auth.Read: "owner admin assessor viewer", auth.ReadSnapshotState: "owner admin assessor viewer",
		auth.Assess: "owner admin assessor", auth.UploadSnapshot: "owner admin assessor", auth.CreatePlatform: "owner admin assessor",
		auth.ManagePlatforms: "owner admin", auth.ManageWaivers: "owner admin assessor", auth.WorkOnFindings: "owner admin assessor", auth.ManageMembers: "owner admin", auth.ManageTokens: "owner admin", auth.MakeFirstToken: "owner admin assessor",
		auth.ManageSettings: "owner admin", auth.ReadAudit: "owner admin",
	}
	for action, roles := range want {
		require.True(t, auth.Known(action) && auth.InOrganization(action))
		for _, role := range append(store.Roles, "", "root") {
			require.Equal(t, strings.Contains(" "+roles+" ", " "+string(role)+" ") && role != "", auth.Allows(role, action), "%s as %q", action, role)
		}
		require.Equal(t, action == auth.UploadSnapshot || action == auth.ReadSnapshotState, auth.ScopeAllows(store.UploadScope, action), action)
	}
	require.False(t, auth.Known(""))
	require.False(t, auth.Allows(store.Owner, auth.Public))
	require.True(t, auth.MayGive(store.Owner, store.Owner))
	require.False(t, auth.MayGive(store.Admin, store.Owner))
	require.True(t, auth.MayGive(store.Admin, store.Admin))
	require.False(t, auth.MayGive(store.Assessor, store.Viewer))
}
