package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments/questionnaire"
	"plimsoll/web"
)

// receiver stands behind the gallery's forms: it answers saves as the server does, and remembers what was posted.
type receiver struct {
	lock   sync.Mutex
	posted []url.Values
	bytes  int64
}

func (r *receiver) last() url.Values {
	r.lock.Lock()
	defer r.lock.Unlock()
	if len(r.posted) == 0 {
		return nil
	}
	return r.posted[len(r.posted)-1]
}

func (r *receiver) size() int64 {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.bytes
}

func (r *receiver) start(t *testing.T) string {
	t.Helper()
	pages := handler()
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	alsoFollowed(mux)
	base := platform.Path(organization)
	mux.HandleFunc("POST "+base+"/questions/{section}/{question}", func(w http.ResponseWriter, q *http.Request) {
		_ = q.ParseForm()
		r.lock.Lock()
		r.posted = append(r.posted, q.PostForm)
		r.lock.Unlock()
		question, _ := questionnaire.Current().Question(q.PathValue("question"))
		answer, err := web.AnswerFromForm(question, q.PostForm)
		form := web.QuestionForm{Question: question, Answer: answer, SavedAt: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
		form.Answer.Revision++
		if err != nil {
			form.Problem = err.Error()
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
		s := shell("Questions", web.TabQuestions)
		section := questionnaire.SectionID(q.PathValue("section"))
		_ = web.AnswerStatus(s, section, form).Render(q.Context(), w)
		_ = web.ProgressUpdate(s, web.Progress{Verdict: "narrowed"}, section).Render(q.Context(), w)
	})
	mux.HandleFunc("POST "+base+"/questions/{section}", func(w http.ResponseWriter, q *http.Request) {
		_ = q.ParseForm()
		r.lock.Lock()
		r.posted = append(r.posted, q.PostForm)
		r.lock.Unlock()
		http.Redirect(w, q, "/gallery/result", http.StatusSeeOther)
	})
	mux.HandleFunc("POST "+base+"/snapshots", func(w http.ResponseWriter, q *http.Request) {
		n, _ := io.Copy(io.Discard, q.Body)
		r.lock.Lock()
		r.bytes += n
		r.lock.Unlock()
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = web.FailureFragment(web.FailurePage{Status: 422, Heading: "This is no snapshot"}).Render(q.Context(), w)
	})
	mux.HandleFunc("GET "+base+"/probe", func(w http.ResponseWriter, q *http.Request) {
		page := probePage()
		page.Chosen = q.URL.Query().Get("container")
		page.Seconds, _ = strconv.ParseInt(q.URL.Query().Get("recovery"), 10, 64)
		_ = web.Exhibit(page).Render(q.Context(), w)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func newTab(t *testing.T) context.Context {
	t.Helper()
	browser, stop, err := startBrowser(context.Background())
	require.NoError(t, err)
	t.Cleanup(stop)
	return browser
}

func eventually(t *testing.T, tab context.Context, expression string) {
	t.Helper()
	require.Eventually(t, func() bool {
		ok, err := chromedp.Run(tab, chromedp.Evaluate[bool](expression))
		return err == nil && ok
	}, 20*time.Second, 50*time.Millisecond, expression)
}

func do(t *testing.T, tab context.Context, expression string) {
	t.Helper()
	_, err := chromedp.Run(tab, chromedp.Evaluate[bool](expression+"; true"))
	require.NoError(t, err)
}

func TestAnAnswerSavesItself(t *testing.T) {
	r := &receiver{}
	address, tab := r.start(t), newTab(t)
	require.NoError(t, open(tab, address+"/gallery/section-probes", screens[0]))
	do(t, tab, `window.refused = []; document.addEventListener("securitypolicyviolation", e => refused.push(e.violatedDirective))`)

	do(t, tab, `document.querySelector('[name="P2.option"][value="P2.b"]').click()`)
	eventually(t, tab, `document.querySelector("#status-P2").textContent.includes("Saved 09:00:00")`)
	eventually(t, tab, `document.querySelector('[name="P2.revision"]').value === "3"`)
	eventually(t, tab, `document.querySelector("#progress").textContent.includes("narrowed")`)
	require.Equal(t, "P2.b", r.last().Get("P2.option"))
	for name := range r.last() {
		require.Contains(t, name, "P2.", "only the question's own fields are sent")
	}

	do(t, tab, `document.querySelector('[name="P2.figure"]').value = "9e"; document.querySelector('[name="P2.note"]').value = "by log"; document.querySelector('[name="P2.note"]').dispatchEvent(new Event("change", {bubbles: true}))`)
	eventually(t, tab, `document.querySelector('[name="P2.revision"]').value === "4"`)
	require.Equal(t, "by log", r.last().Get("P2.note"))
	refused, err := chromedp.Run(tab, chromedp.Evaluate[[]string](`refused`))
	require.NoError(t, err)
	require.Empty(t, refused)
}

func TestASectionIsOneFormWithoutScript(t *testing.T) {
	r := &receiver{}
	address, tab := r.start(t), newTab(t)
	require.NoError(t, chromedp.Do(tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}), chromedp.Navigate(address+"/gallery/section-probes"), chromedp.Click(`[name="P3.option"][value="P3.b"]`), chromedp.Click(`button[name="then"]`), chromedp.WaitVisible("#load-line")))
	require.Equal(t, "P3.b", r.last().Get("P3.option"))
	require.True(t, web.HasAnswer("P1", r.last()))
	require.True(t, r.last().Has("then"))
}

func TestADroppedFileIsUploadedAndRefusedInPlace(t *testing.T) {
	r := &receiver{}
	address, tab := r.start(t), newTab(t)
	require.NoError(t, open(tab, address+"/gallery/snapshots-first", screens[0]))
	do(t, tab, `window.steps = 0; document.addEventListener("htmx:xhr:progress", () => steps++);
		const dropped = new DataTransfer(); dropped.items.add(new File([new Uint8Array(4 << 20)], "snapshot.jsonl.gz"));
		document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: dropped, bubbles: true, cancelable: true}))`)
	eventually(t, tab, `document.querySelector("#file").files.length === 1`)
	do(t, tab, `document.querySelector("#upload-result").closest("form").requestSubmit()`)
	eventually(t, tab, `document.querySelector("#upload-result").textContent.includes("This is no snapshot")`)
	eventually(t, tab, `steps > 0`)
	require.Greater(t, r.size(), int64(4<<20))
}

func TestTheKeyboardReachesEverythingInOrder(t *testing.T) {
	address, tab := (&receiver{}).start(t), newTab(t)
	for _, page := range []string{"result", "section-probes", "snapshots", "settings"} {
		require.NoError(t, open(tab, address+"/gallery/"+page, screens[0]))
		require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("\t")))
		eventually(t, tab, `document.activeElement.className === "skip" && document.activeElement.getBoundingClientRect().left >= 0`)
		require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("\r")))
		eventually(t, tab, `document.activeElement.id === "main"`)
		positive, err := chromedp.Run(tab, chromedp.Evaluate[int](`document.querySelectorAll("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").length`))
		require.NoError(t, err)
		require.Zero(t, positive, "the order of the page is the order of the keyboard")
	}
	require.NoError(t, open(tab, address+"/gallery/result", screens[0]))
	do(t, tab, `document.querySelector("details.menu summary").focus(); document.querySelector("details.menu summary").click()`)
	eventually(t, tab, `document.querySelector("details.menu").open`)
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("\x1b")))
	eventually(t, tab, fmt.Sprintf(`!document.querySelector("details.menu").open && document.activeElement.matches(%q)`, "details.menu summary"))
}

func TestMenusFoldsAndFiltersByKeys(t *testing.T) {
	address, tab := (&receiver{}).start(t), newTab(t)
	require.NoError(t, chromedp.Do(tab, focused()))
	require.NoError(t, open(tab, address+"/gallery/findings", screens[0]))
	do(t, tab, `document.querySelector("details.menu summary").focus()`)
	strike(t, tab, kb.Enter)
	eventually(t, tab, `document.querySelector("details.menu").open`)
	strike(t, tab, kb.Tab)
	require.True(t, look[bool](t, tab, `document.activeElement.closest("details.menu > div") !== null`), "what a menu opens comes next")
	strike(t, tab, kb.Escape)
	eventually(t, tab, `!document.querySelector("details.menu").open && document.activeElement.matches("details.menu summary")`)

	require.NoError(t, open(tab, address+"/gallery/result", screens[0]))
	do(t, tab, `document.querySelector("main details summary").focus()`)
	strike(t, tab, " ")
	eventually(t, tab, `document.querySelector("main details").open`)
	strike(t, tab, kb.Enter)
	eventually(t, tab, `!document.querySelector("main details").open`)

	require.NoError(t, open(tab, address+"/gallery/findings", screens[0]))
	do(t, tab, `document.querySelector("#filter-text").focus()`)
	strike(t, tab, "kafka")
	strike(t, tab, kb.Enter)
	eventually(t, tab, `location.search.includes("q=kafka")`)
}

func TestARecoveryTimeIsTriedByKeys(t *testing.T) {
	r := &receiver{}
	address, tab := r.start(t), newTab(t)
	require.NoError(t, open(tab, address+"/gallery/exhibit-probe", screens[0]))
	do(t, tab, `document.querySelector("#recovery").focus()`)
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent(kb.Home)))
	eventually(t, tab, `document.querySelector("#start p").textContent.includes("1 second")`)
	eventually(t, tab, `document.querySelector("#start p").textContent.includes("not killed")`)
	eventually(t, tab, `document.activeElement.id === "recovery"`)
}
