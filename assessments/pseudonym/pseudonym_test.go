package pseudonym

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func key(t testing.TB, secret string) *Key {
	t.Helper()
	k, err := NewKey([]byte(secret))
	require.NoError(t, err)
	return k
}

const (
	secret = "9f2c1b7d4e6a8053c1d2e3f4a5b69788 for tests\n"
	other  = "another key 9f2c1b7d4e6a8053c1d2e3f4a5b69788"
)

func TestAPseudonymIsStableAndCanStandWhereANameCan(t *testing.T) {
	k := key(t, secret)
	require.Equal(t, "workload-2dwk4urhetgcwjnaq5zouu6xbu", k.Of("workload", "payments"), "what is out in the world must not change")
	require.Equal(t, k.Of("workload", "payments"), key(t, strings.TrimSpace(secret)).Of("workload", "payments"), "line ends of the file don't count")
	require.NotEqual(t, k.Of("workload", "payments"), key(t, other).Of("workload", "payments"))
	require.NotContains(t, k.Of("ns", "payments"), strings.TrimPrefix(k.Of("workload", "payments"), "workload-"), "another class, another word")
	require.Empty(t, k.Of("ns", ""))
	longest := strings.Repeat("a", 253)
	require.Regexp(t, `^workload-[a-z2-7]+$`, k.Of("workload", longest))
	require.Less(t, len(k.Of("workload", longest)), 512)
	require.Less(t, len(k.Of("workload", strings.Repeat("Ä", 126))), 512)
}

func TestOnlyTheKeyReadsIt(t *testing.T) {
	k := key(t, secret)
	for _, name := range []string{"a", "ab", "abc", "payments-api.v2", "0", "-", ".", "UPPER_case", "grün", "a b", strings.Repeat("z9-", 84), "\x00", "a\x00"} {
		word := k.Of("ns", name)
		class, back, ok := k.Open(word)
		require.True(t, ok, name)
		require.Equal(t, "ns", class)
		require.Equal(t, name, back)
		_, _, ok = key(t, other).Open(word)
		require.False(t, ok)
		_, _, ok = k.Open(strings.Replace(word, "ns-", "pod-", 1))
		require.False(t, ok, "the class is a part of what is authenticated")
		_, _, ok = k.Open(word[:len(word)-1])
		require.False(t, ok)
		flipped := []byte(word)
		flipped[len(flipped)/2] = "ab"[flipped[len(flipped)/2]&1]
		if string(flipped) != word {
			_, _, ok = k.Open(string(flipped))
			require.False(t, ok)
		}
	}
}

func TestWhatIsLongerThanANameIsMarkedAndStaysItself(t *testing.T) {
	k := key(t, secret)
	long := strings.Repeat("é", 400)
	_, back, ok := k.Open(k.Of("ns", long))
	require.True(t, ok)
	require.True(t, utf8.ValidString(back))
	require.LessOrEqual(t, len(back), MaxName)
	require.Contains(t, back, "… ")
	require.NotEqual(t, k.Of("ns", long), k.Of("ns", long+"x"))
	_, back, ok = k.Open(k.Of(Text, long))
	require.True(t, ok)
	require.Equal(t, long, back)
}

func TestAKeyIsASecret(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "a key of 0 bytes is too short: want 32 or more",
		"short":                               "a key of 5 bytes is too short: want 32 or more",
		strings.Repeat(" ", 99):               "a key of 0 bytes is too short: want 32 or more",
		strings.Repeat("ab", 99):              "a key of 2 different characters is no random one",
		strings.Repeat("abcdefgh12345", 4096): "a key of more than 4096 bytes: this is some other file",
	} {
		_, err := NewKey([]byte(text))
		require.EqualError(t, err, want)
	}
	require.Len(t, key(t, secret).ID(), 16)
	require.NotEqual(t, key(t, secret).ID(), key(t, other).ID())
	require.Len(t, key(t, secret).Digest("probe", "12345678"), 16)
	require.NotEqual(t, key(t, secret).Digest("probe", "12345678"), key(t, other).Digest("probe", "12345678"))
}

func TestNamesComeBackInAnyText(t *testing.T) {
	k := key(t, secret)
	ns, w, odd := k.Of("ns", "shop"), k.Of("workload", "api-2"), k.Of("text", `say "hi" & <go>`)
	for name, c := range map[string]struct{ in, want string }{
		"plain":             {"a " + ns + "/" + w + ".", "a shop/api-2."},
		"beside dashes":     {"kubectl-" + ns + "-" + w + "-0 x-" + w + "-1.2.3", "kubectl-shop-api-2-0 x-api-2-1.2.3"},
		"at both ends":      {ns, "shop"},
		"JSON":              {` {"a": "` + odd + `"}`, ` {"a": "say \"hi\" \u0026 \u003cgo\u003e"}`},
		"JSON lines":        {"[\"" + ns + "\"]\n", "[\"shop\"]\n"},
		"HTML":              {"<b>" + odd + "</b>", "<b>say &#34;hi&#34; &amp; &lt;go&gt;</b>"},
		"Markdown":          {"| `" + ns + "` |\n" + odd, "| `shop` |\nsay \"hi\" & <go>"},
		"a host":            {k.Of("registry", "r.example:5000") + Host + "/" + ns + ".invalid." + w + ".inv x.invalid " + key(t, other).Of("ns", "shop") + Host, "r.example:5000/shop.api-2.inv x.invalid " + key(t, other).Of("ns", "shop") + Host},
		"nothing":           {"", ""},
		"no pseudonym":      {"ns- -ns ns-short workload-", "ns- -ns ns-short workload-"},
		"another's":         {key(t, other).Of("ns", "shop"), key(t, other).Of("ns", "shop")},
		"cut off":           {ns[:len(ns)-3] + "…", ns[:len(ns)-3] + "…"},
		"glued":             {"x" + ns + " " + ns + "x _" + ns, "x" + ns + " " + ns + "x _" + ns},
		"after a long word": {strings.Repeat("a", 5000) + " " + ns + "-" + strings.Repeat("b", 5000) + "-" + ns, strings.Repeat("a", 5000) + " shop-" + strings.Repeat("b", 5000) + "-shop"},
		"controls":          {k.Of("ns", "a\x1b[2Jb"), `a\x1b[2Jb`},
	} {
		var out bytes.Buffer
		_, err := Reveal(&out, iotest.OneByteReader(strings.NewReader(c.in)), k)
		require.NoError(t, err)
		require.Equal(t, c.want, out.String(), name)
	}
}

func TestRevealCounts(t *testing.T) {
	k := key(t, secret)
	ns := k.Of("ns", "shop")
	found, err := Reveal(io.Discard, strings.NewReader(ns+" "+ns+" "+key(t, other).Of("ns", "shop")+" a-sentencewithoutanydigitinit ns-abc2 ns-" + strings.Repeat("a2", 8)), k)
	require.NoError(t, err)
	require.Equal(t, Revealed{Names: 2, Others: 1}, found)
	_, err = Reveal(io.Discard, iotest.ErrReader(errors.New("gone")), k)
	require.EqualError(t, err, "read: gone")
}

func FuzzReveal(f *testing.F) {
	k := key(f, secret)
	f.Add("a-"+k.Of("ns", "x")+"-b", "n")
	f.Add(`{"a":"`+k.Of("text", `"\`)+`"}`, "\"\n")
	f.Add("ns-", "")
	f.Fuzz(func(t *testing.T, text, name string) {
		var out bytes.Buffer
		found, err := Reveal(&out, strings.NewReader(text), k)
		require.NoError(t, err)
		if found.Names == 0 {
			require.Equal(t, text, out.String())
		}
		if name == "" {
			return
		}
		_, back, ok := k.Open(k.Of("ns", name))
		require.True(t, ok)
		if len(name) <= MaxName {
			require.Equal(t, name, back)
		}
		out.Reset()
		line, err := json.Marshal(map[string]string{"x": k.Of("ns", name)})
		require.NoError(t, err)
		_, err = Reveal(&out, bytes.NewReader(line), k)
		require.NoError(t, err)
		require.True(t, json.Valid(out.Bytes()), "%s", out.String())
	})
}

func FuzzOpen(f *testing.F) {
	k := key(f, secret)
	f.Add(k.Of("ns", "shop"))
	f.Fuzz(func(t *testing.T, word string) {
		if class, name, ok := k.Open(word); ok {
			require.Equal(t, word, k.Of(class, name), "what opens is what this key makes")
		}
	})
}
