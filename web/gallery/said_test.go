package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// heard is a live region of the accessibility tree: what a screen reader follows, and the words in it.
type heard struct {
	node  cdp.BackendNodeID
	words string
}

// liveRegions reads the accessibility tree and lists its live regions in their order. A region inside another is listed by itself and in
// the outer one's words, as it is read twice.
func liveRegions(t *testing.T, tab context.Context) (regions []heard) {
	t.Helper()
	tree := fullTree(t, tab)
	nodes := map[accessibility.NodeID]*accessibility.Node{}
	for _, node := range tree {
		nodes[node.NodeID] = node
	}
	for _, node := range tree {
		if isLiveRoot(node) {
			regions = append(regions, heard{node.BackendDOMNodeID, strings.Join(words(nodes, node), " ")})
		}
	}
	return regions
}

func fullTree(t *testing.T, tab context.Context) []*accessibility.Node {
	t.Helper()
	var tree accessibility.GetFullAXTreeResult
	require.NoError(t, chromedp.Do(tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) (err error) {
		if _, err = cdp.Call(ctx, target, accessibility.Enable, cdp.Empty{}); err == nil {
			tree, err = cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		}
		return err
	})))
	return tree.Nodes
}

// isLiveRoot tells whether the element itself is the region: its property has no other element as the root.
func isLiveRoot(node *accessibility.Node) bool {
	live, root := "", cdp.BackendNodeID(0)
	for _, property := range node.Properties {
		switch property.Name {
		case accessibility.PropertyNameLive:
			_ = json.Unmarshal(property.Value.Value, &live)
		case accessibility.PropertyNameRoot:
			for _, related := range property.Value.RelatedNodes {
				root = related.BackendDOMNodeID
			}
		}
	}
	return (live == "polite" || live == "assertive") && (root == 0 || root == node.BackendDOMNodeID)
}

func words(nodes map[accessibility.NodeID]*accessibility.Node, node *accessibility.Node) (all []string) {
	if node.Role != nil && string(node.Role.Value) == `"StaticText"` {
		var text string
		_ = json.Unmarshal(node.Name.Value, &text)
		return []string{strings.TrimSpace(text)}
	}
	for _, id := range node.ChildIDs {
		if child := nodes[id]; child != nil {
			all = append(all, words(nodes, child)...)
		}
	}
	return all
}

// saidOnce waits until a text stands in a live region, and requires that one region alone holds it, that it was there before, and that its words
// changed in one go.
func saidOnce(t *testing.T, tab context.Context, before []heard, text string) {
	t.Helper()
	eventually(t, tab, `[...document.querySelectorAll("[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]")].some(e => e.textContent.includes(`+quoted(text)+`))`)
	var in []heard
	for _, region := range liveRegions(t, tab) {
		if strings.Contains(region.words, text) {
			in = append(in, region)
		}
	}
	require.Len(t, in, 1, "%q is read once", text)
	require.True(t, slices.ContainsFunc(before, func(r heard) bool { return r.node == in[0].node }), "the region of %q was there before its words", text)
	require.False(t, slices.ContainsFunc(before, func(r heard) bool { return strings.Contains(r.words, text) }), "%q is new", text)
	require.Equal(t, 1, look[int](t, tab, `new Set(tidings.filter(t => t.words.includes(`+quoted(text)+`)).map(t => t.words)).size`), "said in one go")
}

// attend writes down the words of every live region whenever they change.
func attend(t *testing.T, tab context.Context) []heard {
	t.Helper()
	do(t, tab, `window.tidings = []; new MutationObserver(all => {
	  for (const r of new Set(all.map(m => (m.target.nodeType === 1 ? m.target : m.target.parentElement)?.closest("[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]")).filter(Boolean))) tidings.push({words: r.textContent.replace(/\s+/g, " ").trim()});
	}).observe(document.body, {childList: true, characterData: true, subtree: true})`)
	return liveRegions(t, tab)
}

func quoted(text string) string {
	written, _ := json.Marshal(text)
	return string(written)
}

func strike(t *testing.T, tab context.Context, keys string) {
	t.Helper()
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent(keys)))
}

func TestWhatChangesIsSaidOnce(t *testing.T) {
	r := &receiver{}
	address, tab := r.start(t), newTab(t)
	require.NoError(t, chromedp.Do(tab, focused()))

	t.Run("a saved answer", func(t *testing.T) {
		require.NoError(t, open(tab, address+"/gallery/section-probes", screens[0]))
		before := attend(t, tab)
		do(t, tab, `document.querySelector('[name="P2.option"]:checked, [name="P2.option"]').focus()`)
		strike(t, tab, kb.ArrowDown)
		saidOnce(t, tab, before, "Saved 09:00:00")
		require.Equal(t, "P2.option", look[string](t, tab, `document.activeElement.name`), "who answers goes on where they are")
	})
	t.Run("an answer that can't be read", func(t *testing.T) {
		require.NoError(t, open(tab, address+"/gallery/section-networking", screens[0]))
		before := attend(t, tab)
		do(t, tab, `const figure = document.querySelector('[name$=".figure"]:not(:disabled)'); figure.type = "text"; figure.focus(); figure.value = ""`)
		strike(t, tab, "many")
		strike(t, tab, kb.Tab)
		eventually(t, tab, `document.querySelector(".status .wrong") !== null`)
		saidOnce(t, tab, before, look[string](t, tab, `document.querySelector(".status .wrong").textContent`))
	})
	t.Run("an upload that is refused", func(t *testing.T) {
		require.NoError(t, open(tab, address+"/gallery/snapshots-first", screens[0]))
		before := attend(t, tab)
		do(t, tab, `const chosen = new DataTransfer(); chosen.items.add(new File([new Uint8Array(1 << 10)], "snapshot.jsonl.gz"));
			document.querySelector("#file").files = chosen.files; document.querySelector("#upload-result").closest("form").querySelector("button").focus()`)
		strike(t, tab, kb.Enter)
		saidOnce(t, tab, before, "This is no snapshot")
		eventually(t, tab, `document.activeElement.matches("button") && document.activeElement.textContent === "Upload"`)
	})
	t.Run("a result that was worked out", func(t *testing.T) {
		require.NoError(t, open(tab, address+"/gallery/findings-further", screens[0]))
		before := attend(t, tab)
		saidOnce(t, tab, before, "The result is worked out.")
	})
	t.Run("a snapshot that was scored", func(t *testing.T) {
		require.NoError(t, open(tab, address+"/gallery/result-scoring", screens[0]))
		before := attend(t, tab)
		do(t, tab, `document.querySelector("[data-live] a").focus(); htmx.trigger(document.querySelector("[data-live]"), "live")`)
		saidOnce(t, tab, before, "The snapshot is scored.")
		eventually(t, tab, `document.activeElement.id === "main"`)
	})
	t.Run("a recovery time that is tried", func(t *testing.T) {
		require.NoError(t, open(tab, address+"/gallery/exhibit-probe", screens[0]))
		before := attend(t, tab)
		do(t, tab, `document.querySelector("#recovery").focus()`)
		strike(t, tab, kb.Home)
		saidOnce(t, tab, before, "not killed")
		require.Equal(t, "recovery", look[string](t, tab, `document.activeElement.id`))
	})
	t.Run("another container", func(t *testing.T) {
		require.NoError(t, open(tab, address+"/gallery/exhibit-probe", screens[0]))
		do(t, tab, `document.querySelector("#container").focus()`)
		strike(t, tab, kb.ArrowDown)
		eventually(t, tab, `location.pathname.endsWith("/probe")`)
		eventually(t, tab, `document.activeElement.id === "container"`)
	})
}

// TestAFormThatCameBackIsContinuedWhereItIsWrong holds every state in which something was wrong.
func TestAFormThatCameBackIsContinuedWhereItIsWrong(t *testing.T) {
	server := httptest.NewServer(handler())
	t.Cleanup(server.Close)
	tab := newTab(t)
	require.NoError(t, chromedp.Do(tab, focused()))
	held := 0
	for _, state := range states() {
		if !strings.HasSuffix(state.name, "-wrong") {
			continue
		}
		held++
		t.Run(state.name, func(t *testing.T) {
			require.NoError(t, open(tab, server.URL+"/gallery/"+state.name, screens[2]))
			eventually(t, tab, `document.activeElement.matches("[aria-invalid=true], .wrong, .notice.bad")`)
			eventually(t, tab, `(() => { const r = document.activeElement.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; })()`)
			// a field says what is wrong with it
			require.True(t, look[bool](t, tab, `(() => { const e = document.activeElement; return !e.matches("[aria-invalid=true]") || (e.getAttribute("aria-describedby") || "").split(" ").some(id => document.getElementById(id)?.matches(".wrong")); })()`))
		})
	}
	require.Greater(t, held, 5)
}

// alsoFollowed are the pages that others ask for again: as they are once what they wait for is there.
func alsoFollowed(mux *http.ServeMux) {
	byName := map[string]state{}
	for _, s := range states() {
		byName[s.name] = s
	}
	base := platform.Path(organization)
	for path, name := range map[string]string{"": "result", "/findings": "findings-done"} {
		mux.HandleFunc("GET "+base+path, func(w http.ResponseWriter, q *http.Request) { _ = byName[name].page.Render(q.Context(), w) })
	}
}
