package server_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
	"plimsoll/server/auth/devidentity"
	"plimsoll/server/store"
)

// desk is a person at a browser without script, in an organization of their own.
type desk struct {
	*site
	browser *http.Client
	home    string // /o/{organization}
}

func newDesk(t *testing.T) desk {
	t.Helper()
	s := newSite(t, true)
	d := desk{site: s, browser: s.browser(t)}
	s.signIn(t, d.browser, devidentity.People[0].Login)
	page, at := d.post(t, "/organizations", url.Values{"name": {"Nordhafen Logistik"}})
	require.Contains(t, page, "Nordhafen Logistik")
	d.home = at
	return d
}

// open gets a page and returns it with the address it was found at.
func (d desk) open(t *testing.T, path string, status int) string {
	t.Helper()
	response := d.get(t, d.browser, path)
	body := text(t, response)
	require.Equal(t, status, response.StatusCode, "%s: %s", path, body)
	return body
}

// post sends a form, follows to the next page, and returns it with its path.
func (d desk) post(t *testing.T, path string, form url.Values) (page, at string) {
	t.Helper()
	response, err := d.browser.PostForm(d.URL+path, form)
	require.NoError(t, err)
	return text(t, response), response.Request.URL.Path
}

func (d desk) platform(t *testing.T, name string, plan string) string {
	t.Helper()
	_, at := d.post(t, d.home+"/platforms", url.Values{"name": {name}, "plan": {plan}})
	return regexp.MustCompile(`^/o/[^/]+/platforms/[^/]+`).FindString(at)
}

// upload sends a snapshot as the form does.
func (d desk) uploadForm(t *testing.T, platform string, file []byte) (page, at string, status int) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("snapshot", "cluster.plimsoll.gz")
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	response, err := d.browser.Post(d.URL+platform+"/snapshots", form.FormDataContentType(), &body)
	require.NoError(t, err)
	return text(t, response), response.Request.URL.Path, response.StatusCode
}

func TestAPlatformIsAssessedWithoutScript(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production <Hamburg>", "")
	require.Contains(t, d.open(t, platform, 200), "Production &lt;Hamburg&gt;")

	page, _ := d.post(t, platform+"/questions/context", url.Values{
		"C1.revision": {"0"}, "C1.option": {"C1.c"}, "C1.basis": {"measured"}, "C3.revision": {"0"}, "C3.option": {"C3.a", "C3.b"}, "then": {"gate"}})
	require.Contains(t, page, "Do you absolutely need Kubernetes?")
	_, at := d.post(t, platform+"/questions/lifecycle", url.Values{"L1.revision": {"0"}, "L1.option": {"L1.a"}, "L1.note": {"<b>sure</b>"}, "then": {""}})
	require.Equal(t, platform, at)

	_, at, status := d.uploadForm(t, platform, taken(t, 1, nil))
	require.Equal(t, 200, status)
	require.Equal(t, platform, at)
	eventually(t, func() bool {
		return strings.Contains(d.open(t, platform, 200), "Where answers and evidence disagree") && !strings.Contains(d.open(t, platform, 200), "is being scored")
	})

	for path, want := range map[string]string{
		"/findings": "Findings", "/findings?pillar=probes&severity=high&q=100%25_": "Findings", "/questions": "Lifecycle", "/questions/lifecycle": "&lt;b&gt;sure&lt;/b&gt;",
		"/snapshots": "cluster", "/history": "snapshot", "/settings": "Delete", "/facts": "workload",
	} {
		require.Contains(t, d.open(t, platform+path, 200), want, path)
	}
	require.Contains(t, d.open(t, d.home, 200), "Production &lt;Hamburg&gt;")
}

func TestAPlanIsAssessedByItsAnswersAlone(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Next year", "1")
	d.post(t, platform+"/questions/gate", url.Values{"G1.revision": {"0"}, "G1.option": {"G1.d"}, "G8.revision": {"0"}, "G8.option": {"unknown"}})
	eventually(t, func() bool { return strings.Contains(d.open(t, platform, 200), "a plan scored by its answers") })
	pdf := d.report(t, platform, "full")
	require.Equal(t, "application/pdf", pdf.Header.Get("Content-Type"))
	file := filepath.Join(t.TempDir(), "plan.pdf")
	writeFile(t, file, text(t, pdf))
	out, err := exec.Command("pdftotext", file, "-").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "Next year")
	require.Contains(t, string(out), "none: answers alone")

	short := d.report(t, platform, "short")
	require.Contains(t, short.Header.Get("Content-Disposition"), "-short.pdf")
	writeFile(t, file, text(t, short))
	out, err = exec.Command("pdfinfo", file).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Regexp(t, `Pages:\s+2\n`, string(out))
	require.Contains(t, d.open(t, platform+"/reports", 200), "2 reports")
}

func TestAnOldRevisionIsRefusedAndBothAnswersAreShown(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	d.post(t, platform+"/questions/lifecycle", url.Values{"L2.revision": {"0"}, "L2.option": {"L2.a"}, "L2.note": {"the first note"}})
	response, err := d.browser.PostForm(d.URL+platform+"/questions/lifecycle", url.Values{"L2.revision": {"0"}, "L2.option": {"L2.d"}, "L2.note": {"the second note"}, "L3.revision": {"0"}, "L3.option": {"L3.b"}})
	require.NoError(t, err)
	page := text(t, response)
	require.Equal(t, http.StatusConflict, response.StatusCode)
	require.Contains(t, page, "the first note")
	require.Contains(t, page, "the second note")

	var stored []questionnaire.Answer
	d.inHouse(t, func(ctx context.Context, tx *store.Tx, p store.Platform) (err error) {
		stored, err = tx.Answers(ctx, p.ID)
		return err
	})
	require.Len(t, stored, 2, "what was not refused is taken")
	require.Equal(t, []string{"L2.a"}, stored[0].Options)
}

func TestAnswersThatCantBeAreRefusedBesideTheirQuestion(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	for name, form := range map[string]url.Values{
		"an option of another question": {"L2.revision": {"0"}, "L2.option": {"L1.a"}},
		"two options where one is":      {"L2.revision": {"0"}, "L2.option": {"L2.a", "L2.b"}},
		"no reason why it is out":       {"L2.revision": {"0"}, "L2.option": {"not_applicable"}, "L2.sentence": {""}},
		"a link that is no address":     {"L2.revision": {"0"}, "L2.option": {"L2.a"}, "L2.links": {"javascript:alert(1)"}},
		"a note without an end":         {"L2.revision": {"0"}, "L2.option": {"L2.a"}, "L2.note": {strings.Repeat("x", 2001)}},
	} {
		response, err := d.browser.PostForm(d.URL+platform+"/questions/lifecycle", form)
		require.NoError(t, err)
		text(t, response)
		require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode, name)
	}
}

func TestTheOtherSeatsAnswerIsNotShownBeforeOnesOwn(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	answer := func(seat, option string) {
		d.post(t, platform+"/questions/gate/G11", url.Values{"G11.revision": {"0"}, "G11.seat": {seat}, "G11.option": {option}})
	}
	answer("manager", "G11.a")
	require.Regexp(t, `value="G11.a" checked`, d.open(t, platform+"/questions/gate", http.StatusOK), "one's own")
	require.NotRegexp(t, `value="G11.. checked`, d.open(t, platform+"/questions/gate?seat=engineer", http.StatusOK))
	answer("engineer", "G11.c")
	require.Regexp(t, `value="G11.c" checked`, d.open(t, platform+"/questions/gate?seat=engineer", http.StatusOK))
	require.Regexp(t, `value="G11.a" checked`, d.open(t, platform+"/questions/gate?seat=manager", http.StatusOK), "neither takes the other's place")

	colleague := d
	colleague.browser = d.site.browser(t)
	d.signIn(t, colleague.browser, devidentity.People[1].Login)
	d.joins(t, devidentity.People[1])
	page := colleague.open(t, platform+"/questions/gate", http.StatusOK)
	require.NotRegexp(t, `value="G11.a" checked`, page, "the manager's")
	require.Contains(t, page, "The other answer is given.")
}

// joins makes a person who has signed in an assessor of the desk's organization.
func (d desk) joins(t *testing.T, who devidentity.Person) {
	t.Helper()
	ctx := t.Context()
	owner, err := d.store.SignIn(ctx, store.Identity{Issuer: devidentity.Issuer, Subject: devidentity.People[0].Login, Name: devidentity.People[0].Name})
	require.NoError(t, err)
	person, err := d.store.SignIn(ctx, store.Identity{Issuer: devidentity.Issuer, Subject: who.Login, Name: who.Name})
	require.NoError(t, err)
	memberships, err := d.store.OrganizationsOf(ctx, owner.ID)
	require.NoError(t, err)
	require.Len(t, memberships, 1)
	require.NoError(t, d.store.InOrganization(ctx, memberships[0].ID, func(x *store.Tx) error { return x.AddMember(ctx, person.ID, store.Assessor) }))
}

func TestScriptSavesOneAnswerAndGetsItsStatus(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+platform+"/questions/probes/P2",
		strings.NewReader(url.Values{"P2.revision": {"0"}, "P2.option": {"P2.a"}, "P2.figure": {"1800"}, "P2.basis": {"measured"}}.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("HX-Request", "true")
	response, err := d.browser.Do(request)
	require.NoError(t, err)
	page := text(t, response)
	require.Contains(t, page, `name="P2.revision" value="1"`)
	require.Contains(t, page, "Saved")
	require.Contains(t, page, `hx-swap-oob="true"`)
	require.NotContains(t, page, "<html")
}

func TestTheSameFileTwiceIsOneSnapshot(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	file := taken(t, 1, nil)
	d.uploadForm(t, platform, file)
	page, at, _ := d.uploadForm(t, platform, file)
	require.Equal(t, platform+"/snapshots", at)
	require.Contains(t, page, "was here already")
	d.inHouse(t, func(ctx context.Context, tx *store.Tx, p store.Platform) error {
		found, err := tx.Snapshots(ctx, p.ID, 10)
		require.Len(t, found, 1)
		return err
	})
}

func TestABrokenFileIsRefusedOnThePageWithLineAndField(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	page, _, status := d.uploadForm(t, platform, []byte("not a snapshot"))
	require.Equal(t, http.StatusUnsupportedMediaType, status)
	require.Contains(t, page, "gzip")
	d.inHouse(t, func(ctx context.Context, tx *store.Tx, p store.Platform) error {
		found, err := tx.Snapshots(ctx, p.ID, 10)
		require.Empty(t, found, "nothing is stored half")
		return err
	})
}

func TestASnapshotOfAnotherClusterIsAskedAbout(t *testing.T) {
	other := func(uid string) func([]snapshot.Record) {
		return func(records []snapshot.Record) {
			for i, r := range records {
				switch r := r.(type) {
				case snapshot.Header:
					r.PlatformUID = uid
					records[i] = r
				case snapshot.Cluster:
					r.UID = uid
					records[i] = r
				}
			}
		}
	}
	for choice, want := range map[string]func(t *testing.T, d desk, at string){
		"rebuilt": func(t *testing.T, d desk, at string) {
			eventually(t, func() bool { return strings.Contains(d.open(t, at, 200), "Where answers and evidence disagree") })
		},
		"other": func(t *testing.T, d desk, at string) {
			require.Contains(t, at, "/platforms/second-cluster")
			eventually(t, func() bool { return strings.Contains(d.open(t, at, 200), "Where answers and evidence disagree") })
		},
		"discard": func(t *testing.T, d desk, at string) {
			d.inHouse(t, func(ctx context.Context, tx *store.Tx, p store.Platform) error {
				found, err := tx.Snapshots(ctx, p.ID, 10)
				require.Len(t, found, 1)
				return err
			})
		},
	} {
		t.Run(choice, func(t *testing.T) {
			d := newDesk(t)
			platform := d.platform(t, "Production", "")
			d.uploadForm(t, platform, taken(t, 1, nil))
			page, at, _ := d.uploadForm(t, platform, taken(t, 2, other("another-cluster")))
			require.Contains(t, page, "This snapshot is of another cluster")
			require.Regexp(t, `/snapshots/[0-9a-f-]{36}/belongs$`, at)
			refused, err := d.browser.PostForm(d.URL+at, url.Values{"choice": {"nonsense"}})
			require.NoError(t, err)
			text(t, refused)
			require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
			_, next := d.post(t, at, url.Values{"choice": {choice}, "name": {"Second cluster"}})
			want(t, d, next)
			d.open(t, at, 404)
		})
	}
}

func TestTwoResultsAreCompared(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	d.uploadForm(t, platform, taken(t, 1, nil))
	d.uploadForm(t, platform, taken(t, 1, func(records []snapshot.Record) {
		header := records[0].(snapshot.Header)
		header.TakenAt = header.TakenAt.AddDate(0, 0, 7)
		records[0] = header
	}))
	keys := regexp.MustCompile(`name="from" value="([0-9a-f-]{36})"`)
	eventually(t, func() bool { return len(keys.FindAllString(d.open(t, platform+"/history", 200), -1)) == 2 })
	found := keys.FindAllStringSubmatch(d.open(t, platform+"/history", 200), -1)
	page := d.open(t, platform+"/compare?from="+found[0][1]+"&to="+found[1][1], 200)
	require.Contains(t, page, "Nothing new went wrong.")
	d.open(t, platform+"/compare?from="+found[0][1]+"&to=nothing", 422)
	d.open(t, platform+"/compare?from="+found[0][1]+"&to=01890000-0000-7000-8000-000000000000", 404)
	d.open(t, platform+"/assessments/"+found[1][1], 200)

	older := d.open(t, platform+"/history?after="+found[0][1]+"&from="+found[1][1]+"&to="+found[0][1], 200)
	require.Contains(t, older, "2 to 2 of 2")
	require.Contains(t, older, "chosen on another page", "what was chosen goes along")
	newer := d.open(t, platform+"/history?before="+found[1][1], 200)
	require.Contains(t, newer, "1 to 1 of 2")
	require.NotContains(t, newer, "chosen on another page")
	d.open(t, platform+"/history?after=nothing", 404)
	d.open(t, d.platform(t, "Other", "")+"/history?after="+found[0][1], 404)
}

func TestAResultIsNamedRenamedAndUnnamed(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	other := d.platform(t, "Other", "")
	d.uploadForm(t, platform, taken(t, 1, nil))
	d.uploadForm(t, platform, taken(t, 2, func(records []snapshot.Record) {
		header := records[0].(snapshot.Header)
		header.TakenAt = header.TakenAt.AddDate(0, 0, 7)
		records[0] = header
	}))
	keys := regexp.MustCompile(`name="from" value="([0-9a-f-]{36})"`)
	eventually(t, func() bool { return len(keys.FindAllString(d.open(t, platform+"/history", 200), -1)) == 2 })
	found := keys.FindAllStringSubmatch(d.open(t, platform+"/history", 200), -1)
	at := platform + "/history/" + found[1][1]
	require.Contains(t, d.open(t, at, 200), "Such as: before the migration")
	page, _ := d.post(t, at+"/name", url.Values{"name": {" "}})
	require.Contains(t, page, "Give it a name.")
	page, _ = d.post(t, at+"/name", url.Values{"name": {"Before <the> migration"}})
	require.Contains(t, page, "Before &lt;the&gt; migration")
	require.Contains(t, page, "Milestones")
	require.Contains(t, d.open(t, platform+"/compare?from="+found[0][1]+"&to="+found[1][1], 200), "Before &lt;the&gt; migration")
	page, _ = d.post(t, at+"/name", url.Values{"name": {"After all"}})
	require.NotContains(t, page, "Before &lt;the&gt; migration")
	require.Contains(t, page, "After all")
	page, _ = d.post(t, at+"/unname", url.Values{})
	require.NotContains(t, page, "After all")
	require.Equal(t, []string{"assessment.unname", "assessment.name", "assessment.name"}, d.events(t)[:3])
	d.open(t, other+"/history/"+found[1][1], 404)
	d.open(t, platform+"/history/nothing", 404)
}

func TestAPlatformIsRenamedArchivedAndDeleted(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	page, _ := d.post(t, platform+"/settings/rename", url.Values{"name": {"Production, Hamburg"}})
	require.Contains(t, page, "Production, Hamburg")
	page, _ = d.post(t, platform+"/settings/archive", url.Values{"archived": {"1"}})
	require.Contains(t, page, "Bring back")
	require.NotContains(t, d.open(t, d.home, 200), "Production, Hamburg")
	require.Contains(t, d.open(t, d.home+"?archived=1", 200), "Production, Hamburg")
	_, _, status := d.uploadForm(t, platform, taken(t, 1, nil))
	require.Equal(t, http.StatusUnprocessableEntity, status, "an archived platform takes no snapshot")
	d.post(t, platform+"/settings/archive", url.Values{"archived": {""}})
	page, _ = d.post(t, platform+"/settings/delete", url.Values{"confirm": {"production"}})
	require.Contains(t, page, "Nothing was deleted")
	_, at := d.post(t, platform+"/settings/delete", url.Values{"confirm": {"Production, Hamburg"}})
	require.Equal(t, d.home, at)
	d.open(t, platform, 404)
}

func TestForeignAddressesDoNotExist(t *testing.T) {
	d := newDesk(t)
	theirs := d.newHouse(t, "somebody-else")
	for _, path := range []string{"", "/platforms/production", "/platforms/production/findings", "/platforms/production/questions/gate", "/platforms/production/reports", "/tokens", "/members"} {
		d.open(t, "/o/"+theirs.organization.Slug+path, 404)
	}
	mine := d.platform(t, "Production", "")
	d.open(t, mine+"/assessments/"+theirs.platform.ID.String(), 404)
	d.open(t, mine+"/snapshots/"+theirs.platform.ID.String()+"/belongs", 404)
	_, at := d.post(t, d.home+"/tokens/"+theirs.tokenID.String()+"/revoke", nil)
	require.Contains(t, at, "/revoke")
	require.Equal(t, 202, d.upload(t, theirs, theirs.token, bytes.NewReader(taken(t, 1, nil)), "application/gzip").StatusCode, "their token still works")
}

func TestATokenIsShownOnceAndUploads(t *testing.T) {
	d := newDesk(t)
	page, _ := d.post(t, d.home+"/tokens", url.Values{"name": {"CI"}, "days": {"30"}, "platform": {"*"}})
	token := regexp.MustCompile(`plim_[a-z2-7]{64}`).FindString(page)
	require.NotEmpty(t, token)
	require.NotContains(t, d.open(t, d.home+"/tokens", 200), token)
	d.platform(t, "Production", "")
	h := house{}
	d.inHouse(t, func(_ context.Context, _ *store.Tx, p store.Platform) error { h.platform = p; return nil })
	require.Equal(t, 202, d.upload(t, h, token, bytes.NewReader(taken(t, 1, nil)), "application/gzip").StatusCode)
	id := regexp.MustCompile(`/tokens/([0-9a-f-]{36})/revoke`).FindStringSubmatch(d.open(t, d.home+"/tokens", 200))[1]
	d.post(t, d.home+"/tokens/"+id+"/revoke", nil)
	require.Equal(t, 401, d.upload(t, h, token, bytes.NewReader(taken(t, 2, nil)), "application/gzip").StatusCode)
}

// inHouse runs do as the desk's organization with its first platform.
func (d desk) inHouse(t *testing.T, do func(context.Context, *store.Tx, store.Platform) error) {
	t.Helper()
	ctx := t.Context()
	person, err := d.store.SignIn(ctx, store.Identity{Issuer: devidentity.Issuer, Subject: devidentity.People[0].Login, Name: devidentity.People[0].Name})
	require.NoError(t, err)
	_, membership, err := d.store.VisitorOf(ctx, person.ID, strings.TrimPrefix(d.home, "/o/"))
	require.NoError(t, err)
	require.NoError(t, d.store.InOrganization(ctx, membership.ID, func(tx *store.Tx) error {
		platforms, err := tx.Platforms(ctx)
		require.NoError(t, err)
		return do(ctx, tx, platforms[0])
	}))
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

func TestWhatOnlyPeopleKnowIsAskedAndRemembered(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	var asked snapshot.Workload
	file := taken(t, 1, func(records []snapshot.Record) {
		for i, record := range records {
			if w, ok := record.(snapshot.Workload); ok && w.Kind == "Deployment" && len(w.Containers) == 1 && w.Namespace != "kube-system" {
				w.Containers = []snapshot.Container{{Name: "app", Role: snapshot.RoleRegular, Image: "registry.example/own:1", Runtime: &snapshot.Runtime{Entry: "java"}}}
				records[i], asked = w, w
				return
			}
		}
	})
	require.NotEmpty(t, asked.Name)
	_, _, status := d.uploadForm(t, platform, file)
	require.Equal(t, 200, status)
	question := "Which Java runs in " + asked.Namespace + "/" + asked.Name + "?"
	eventually(t, func() bool { return strings.Contains(d.open(t, platform+"/facts", 200), question) })

	query := url.Values{"workload": {asked.Namespace + "/" + asked.Name}, "kind": {asked.Kind}, "key": {"javaVersion"}}
	page := d.open(t, platform+"/facts?"+query.Encode(), 200)
	require.Contains(t, page, `value="`+asked.Namespace+"/"+asked.Name+`"`)
	require.Contains(t, page, `value="javaVersion" selected`)

	answer := url.Values{"value": {"17.0.12"}, "basis": {"documented"}}
	for key, values := range query {
		answer[key] = values
	}
	d.post(t, platform+"/facts", answer)
	eventually(t, func() bool {
		page := d.open(t, platform+"/facts", 200)
		return strings.Contains(page, "17.0.12") && !strings.Contains(page, question)
	})
}
