package server_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server/auth/devidentity"
	"plimsoll/server/store"
)

// people of a house, each signed in.
type people struct {
	house
	browsers map[string]*http.Client
	ids      map[string]store.PersonID
}

func (s *site) people(t *testing.T, roles map[string]store.Role) people {
	t.Helper()
	p := people{s.newHouse(t, "mara"), map[string]*http.Client{}, map[string]store.PersonID{}}
	for login, role := range roles {
		s.member(t, p.house, login, role)
	}
	for _, login := range []string{"mara", "tomas", "ines", "yuki"} {
		p.browsers[login] = s.browser(t)
		s.signIn(t, p.browsers[login], login)
		person, err := s.store.SignIn(t.Context(), store.Identity{Issuer: devidentity.Issuer, Subject: login, Name: login})
		require.NoError(t, err)
		p.ids[login] = person.ID
	}
	return p
}

// send sends a form and says how it was answered.
func (s *site) send(t *testing.T, browser *http.Client, path string, form url.Values) (status int, body string) {
	t.Helper()
	response, err := browser.PostForm(s.URL+path, form)
	require.NoError(t, err)
	return response.StatusCode, text(t, response)
}

func (p people) path(rest string) string { return "/o/" + p.organization.Slug + rest }

func (s *site) roleOf(t *testing.T, h house, person store.PersonID) (role store.Role) {
	t.Helper()
	err := s.store.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) error {
		member, err := x.MemberByID(t.Context(), person)
		role = member.Role
		return err
	})
	if err != nil {
		require.ErrorIs(t, err, store.ErrNotFound)
	}
	return role
}

var madeLink = regexp.MustCompile(`<code>(http://[^<]+/invitations/plimin_[a-z2-7]+)</code>`)

func (s *site) invited(t *testing.T, p people, by, role string) (path string) {
	t.Helper()
	status, body := s.send(t, p.browsers[by], p.path("/members/invitations"), url.Values{"role": {role}, "note": {"Ines <ines@example.com>"}})
	require.Equal(t, http.StatusCreated, status, body)
	link := madeLink.FindStringSubmatch(body)
	require.NotNil(t, link, body)
	parsed, err := url.Parse(html.UnescapeString(link[1]))
	require.NoError(t, err)
	return parsed.Path
}

func TestAnInvitationLetsOnePersonInOnce(t *testing.T) {
	s := newSite(t, false)
	p := s.people(t, nil)
	path := s.invited(t, p, "mara", "assessor")

	nobody := s.browser(t)
	nobody.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response := s.get(t, nobody, path)
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.Contains(t, response.Header.Get("Location"), "/sign-in?return=%2Finvitations%2Fplimin_")
	text(t, response)

	body := text(t, s.get(t, p.browsers["ines"], path))
	require.True(t, within(body, "House of mara", "mara", "as assessor", "ines"), body)
	require.Equal(t, http.StatusNotFound, s.get(t, p.browsers["ines"], p.path("")).StatusCode, "looking lets nobody in")

	status, _ := s.send(t, p.browsers["mara"], path, nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, store.Owner, s.roleOf(t, p.house, p.ids["mara"]), "a member keeps the role, and the link stays good")

	status, _ = s.send(t, p.browsers["ines"], path, nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, store.Assessor, s.roleOf(t, p.house, p.ids["ines"]))

	status, body = s.send(t, p.browsers["yuki"], path, nil)
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, body, "This invitation is over")
	require.NotContains(t, body, "House of mara")
	require.Empty(t, s.roleOf(t, p.house, p.ids["yuki"]))
	require.NotContains(t, s.log.String(), "plimin_", "a link is as good as a key")
}

func TestAnInvitationEnds(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *site, p people){
		"taken back": func(t *testing.T, s *site, p people) {
			var open []store.Invitation
			require.NoError(t, s.store.InOrganization(t.Context(), p.organization.ID, func(x *store.Tx) (err error) {
				open, err = x.Invitations(t.Context())
				return err
			}))
			require.Len(t, open, 1)
			status, body := s.send(t, p.browsers["mara"], p.path("/members/invitations/"+open[0].ID.String()+"/end"), nil)
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, body, "The invitation is taken back.")
		},
		"too old": func(t *testing.T, s *site, p people) {
			_, err := s.db.Admin.Exec(t.Context(), "update invitations set expires_at = now()")
			require.NoError(t, err)
		},
		"who invited is gone": func(t *testing.T, s *site, p people) {
			status, _ := s.send(t, p.browsers["mara"], p.path("/members/"+p.ids["tomas"].String()+"/remove"), nil)
			require.Equal(t, http.StatusOK, status)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, false)
			p := s.people(t, map[string]store.Role{"tomas": store.Admin})
			path := s.invited(t, p, "tomas", "viewer")
			end(t, s, p)
			status, _ := s.send(t, p.browsers["ines"], path, nil)
			require.Equal(t, http.StatusNotFound, status)
			require.Empty(t, s.roleOf(t, p.house, p.ids["ines"]))
			body := text(t, s.get(t, p.browsers["mara"], p.path("/members")))
			require.NotContains(t, body, "open invitation")
		})
	}
}

// Whom an admin can't make, they can't invite, change or remove either, nor take an owner's invitation back.
func TestAnAdminMakesNoOwners(t *testing.T) {
	s := newSite(t, false)
	p := s.people(t, map[string]store.Role{"tomas": store.Admin, "ines": store.Viewer})
	admin := p.browsers["tomas"]
	for path, form := range map[string]url.Values{
		"/members/invitations":                           {"role": {"owner"}},
		"/members/" + p.ids["ines"].String() + "/role":   {"role": {"owner"}},
		"/members/" + p.ids["mara"].String() + "/role":   {"role": {"viewer"}},
		"/members/" + p.ids["mara"].String() + "/remove": {},
		"/members/" + p.ids["tomas"].String() + "/role":  {"role": {"viewer"}}, // oneself
	} {
		status, body := s.send(t, admin, p.path(path), form)
		require.Equal(t, http.StatusForbidden, status, "%s\n%s", path, body)
	}
	require.Equal(t, store.Owner, s.roleOf(t, p.house, p.ids["mara"]))
	require.Equal(t, store.Admin, s.roleOf(t, p.house, p.ids["tomas"]))
	require.Equal(t, store.Viewer, s.roleOf(t, p.house, p.ids["ines"]))
	require.Equal(t, http.StatusForbidden, s.get(t, admin, p.path("/members/"+p.ids["mara"].String())).StatusCode)

	s.invited(t, p, "mara", "owner")
	var open []store.Invitation
	require.NoError(t, s.store.InOrganization(t.Context(), p.organization.ID, func(x *store.Tx) (err error) {
		open, err = x.Invitations(t.Context())
		return err
	}))
	status, _ := s.send(t, admin, p.path("/members/invitations/"+open[0].ID.String()+"/end"), nil)
	require.Equal(t, http.StatusForbidden, status)
}

func TestARoleChangesAtOnce(t *testing.T) {
	s := newSite(t, false)
	p := s.people(t, map[string]store.Role{"ines": store.Viewer})
	require.Equal(t, http.StatusForbidden, s.get(t, p.browsers["ines"], p.path("/platforms/new")).StatusCode)
	status, body := s.send(t, p.browsers["mara"], p.path("/members/"+p.ids["ines"].String()+"/role"), url.Values{"role": {"assessor"}})
	require.Equal(t, http.StatusOK, status, body)
	require.Equal(t, http.StatusOK, s.get(t, p.browsers["ines"], p.path("/platforms/new")).StatusCode)
	for _, role := range []string{"", "god", "Owner"} {
		status, _ = s.send(t, p.browsers["mara"], p.path("/members/"+p.ids["ines"].String()+"/role"), url.Values{"role": {role}})
		require.Equal(t, http.StatusUnprocessableEntity, status)
	}
	require.Equal(t, http.StatusNotFound, s.get(t, p.browsers["mara"], p.path("/members/"+p.ids["yuki"].String())).StatusCode, "no member")
}

// What somebody answers for does not vanish with them.
func TestWhoLeavesHandsOver(t *testing.T) {
	for name, c := range map[string]struct {
		form         url.Values
		assigned     string
		tokenIsGood  bool
		tokenIsFrom  string
		statusToWhom int
	}{
		"to a member":              {url.Values{"to": {"mara"}}, "mara", true, "mara", http.StatusOK},
		"to nobody":                {nil, "", true, "tomas", http.StatusOK},
		"and tokens end":           {url.Values{"end-tokens": {"1"}, "to": {"mara"}}, "mara", false, "tomas", http.StatusOK},
		"to one who is no member":  {url.Values{"to": {"yuki"}}, "tomas", true, "tomas", http.StatusUnprocessableEntity},
		"to who leaves themselves": {url.Values{"to": {"tomas"}}, "tomas", true, "tomas", http.StatusUnprocessableEntity},
	} {
		for _, way := range []string{"removed", "leaves"} {
			t.Run(name+", "+way, func(t *testing.T) {
				s := newSite(t, false)
				p := s.people(t, map[string]store.Role{"tomas": store.Admin})
				var token store.Token
				require.NoError(t, s.store.InOrganization(t.Context(), p.organization.ID, func(x *store.Tx) (err error) {
					tomas := p.ids["tomas"]
					if err := x.AssignFinding(t.Context(), p.platform.ID, "f1", &tomas, nil, p.ids["mara"]); err != nil {
						return err
					}
					token, err = x.CreateToken(t.Context(), tomas, store.NewToken{Name: "his", Scope: store.UploadScope, Hash: [32]byte{1}, Hint: "x"})
					return err
				}))
				form := url.Values{}
				for field, values := range c.form {
					form[field] = values
					if field == "to" {
						form[field] = []string{p.ids[values[0]].String()}
					}
				}
				who, path := "mara", "/members/"+p.ids["tomas"].String()+"/remove"
				if way == "leaves" {
					who, path = "tomas", "/leave"
				}
				page := p.path("/members/" + p.ids["tomas"].String())
				if way == "leaves" {
					page = p.path("/leave")
				}
				require.Contains(t, text(t, s.get(t, p.browsers[who], page)), "1 finding to mend and 1 token")
				status, body := s.send(t, p.browsers[who], p.path(path), form)
				require.Equal(t, c.statusToWhom, status, body)
				require.Equal(t, status != http.StatusOK, s.roleOf(t, p.house, p.ids["tomas"]) == store.Admin)

				var assignee, createdBy *store.PersonID
				var good bool
				require.NoError(t, s.db.Admin.QueryRow(t.Context(), "select assignee_id from finding_assignments").Scan(&assignee))
				require.NoError(t, s.db.Admin.QueryRow(t.Context(), "select created_by, revoked_at is null from tokens where id = $1", token.ID).Scan(&createdBy, &good))
				if c.assigned == "" {
					require.Nil(t, assignee)
				} else {
					require.Equal(t, p.ids[c.assigned], *assignee)
				}
				require.Equal(t, c.tokenIsGood, good)
				require.Equal(t, p.ids[c.tokenIsFrom], *createdBy)
			})
		}
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	s := newSite(t, false)
	p := s.people(t, map[string]store.Role{"tomas": store.Admin})
	status, body := s.send(t, p.browsers["mara"], p.path("/leave"), nil)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, body, "You are the only owner.")
	require.Equal(t, store.Owner, s.roleOf(t, p.house, p.ids["mara"]))
}
