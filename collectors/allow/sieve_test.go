package allow

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

func readPod(t testing.TB) []byte {
	t.Helper()
	pod, err := os.ReadFile("testdata/pod.json")
	require.NoError(t, err)
	return bytes.TrimSpace(pod)
}

// pruned is what a sieve should leave, worked out on the decoded value. Of a text that should hold JSON and does not quite, a sieve may leave
// what stands before the flaw: unsure.
func pruned(n *node, value any, unsure *bool) any {
	if n.shape == shapePresent && value != nil {
		return true
	}
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		if n.shape == shapeObject {
			for key, below := range value {
				if to := n.find(key); to != nil {
					out[key] = pruned(to, below, unsure)
				}
			}
		}
		return out
	case []any:
		out := []any{}
		if n.shape == shapeList {
			for _, element := range value {
				out = append(out, pruned(n.item, element, unsure))
			}
		}
		return out
	case string:
		if n.shape == shapeInside {
			if !strings.HasPrefix(strings.TrimLeft(value, " \t\r\n"), "{") {
				return ""
			}
			var inner any
			if jsonv2.Unmarshal([]byte(value), &inner) != nil {
				*unsure = true
				return ""
			}
			text, _ := json.Marshal(pruned(n.item, inner, unsure))
			return string(text)
		}
		if n.shape != shapeText {
			return ""
		}
		if quoted, _ := json.Marshal(value); n.texts != nil && !n.texts.fit(quoted[1:len(quoted)-1]) {
			return nil
		}
	case nil:
	default:
		if n.shape != shapeText {
			return float64(0)
		}
	}
	return value
}

func (n *node) find(key string) *node {
	quoted, _ := json.Marshal(key)
	return n.below(quoted, false)
}

// normal decodes texts that hold JSON, so that the order of their keys does not matter.
func normal(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, below := range value {
			value[key] = normal(below)
		}
	case []any:
		for i, below := range value {
			value[i] = normal(below)
		}
	case string:
		var inner map[string]any
		if strings.HasPrefix(value, "{") && json.Unmarshal([]byte(value), &inner) == nil {
			return inner
		}
	}
	return value
}

func FuzzSieve(f *testing.F) {
	f.Add(readPod(f))
	f.Add([]byte(`{"metadata":{"name":"a","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{}}"}}}`))
	f.Add([]byte(`{"metadata":{"n\u0061me":"b\"\\","name":"again","labels":{"a":{"b":1}}},"spec":{"containers":[1,{"name":[2]},null],"volumes":[{"secret":{"secretName":"x"},"emptyDir":null}]}}`))
	f.Add([]byte(`{"metadata":[],"spec":"text","status":12}`))
	f.Add([]byte(" {\n\"metadata\" : { \"name\" : \"a\" , \"labels\" : { } } }"))
	f.Add([]byte(`{"metadata":{"name":"\\"},"x":"\\\"","spec":{"nodeName":"\ud800"}}`))
	f.Fuzz(func(t *testing.T, object []byte) {
		sieve := List("", "Pod").Sieve
		out, n, err := sieve.Append([]byte("before"), object)
		var before Memory
		_, _, _ = sieve.AppendLike(&before, nil, readPod(t))
		for range 2 {
			like, m, likeErr := sieve.AppendLike(&before, []byte("before"), object)
			require.Equal(t, []any{string(out), n, err}, []any{string(like), m, likeErr}, "whatever is remembered")
		}
		require.True(t, bytes.HasPrefix(out, []byte("before")))
		require.LessOrEqual(t, n, len(object))
		var value any
		if !bytes.HasPrefix(bytes.TrimLeft(object, " \t\r\n"), []byte("{")) || json.Unmarshal(object, &value) != nil {
			return
		}
		require.NoError(t, err)
		require.Empty(t, bytes.TrimSpace(object[n:]))
		// What a key twice and broken UTF-8 come to is the decoder's to judge.
		if jsontext.Value(object).IsValid() {
			var got any
			require.NoError(t, json.Unmarshal(out[len("before"):], &got))
			unsure := false
			if want := pruned(sieve.root, value, &unsure); !unsure {
				require.Equal(t, normal(want), normal(got))
			}
		}
		for cut := range min(n, 200) {
			_, _, err := sieve.Append(nil, object[:cut])
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "the first %d bytes", cut)
		}
	})
}

func TestWhatASieveLeaves(t *testing.T) {
	for name, c := range map[string]struct{ object, want string }{
		"what is not listed":                                   {`{"spec":{"serviceAccountName":"s","nodeName":"n"},"data":{"a":"b"}}`, `{"spec":{"nodeName":"n"}}`},
		"white space":                                          {"{ \"spec\" :\n{ \"nodeName\" : \"n\" , \"x\" : 1 } }", `{"spec":{"nodeName":"n"}}`},
		"a key with an escape":                                 {`{"spec":{"node\u004eame":"n","secr\u0065t":"s"}}`, `{"spec":{"node\u004eame":"n"}}`},
		"a key twice":                                          {`{"spec":{"nodeName":"a","nodeName":"b"}}`, `{"spec":{"nodeName":"a","nodeName":"b"}}`},
		"an object where a text should be":                     {`{"spec":{"nodeName":{"secret":"s"}}}`, `{"spec":{"nodeName":{}}}`},
		"a list where a text should be":                        {`{"spec":{"nodeName":["s"]}}`, `{"spec":{"nodeName":[]}}`},
		"a text where an object should be":                     {`{"spec":"s"}`, `{"spec":""}`},
		"a number where a list should be":                      {`{"spec":{"containers":17}}`, `{"spec":{"containers":0}}`},
		"what is only looked for":                              {`{"spec":{"volumes":[{"secret":{"secretName":"s"},"emptyDir":null,"configMap":"s"}]}}`, `{"spec":{"volumes":[{"secret":true,"emptyDir":null,"configMap":true}]}}`},
		"what was applied last":                                {`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"spec\":{\"a\":\"s\"}}\n","other":"s"}}}`, `{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\"}"}}}`},
		"what was applied last, broken":                        {`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\""}}}`, `{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":""}}}`},
		"what was applied last, and more behind it":            {`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\"} {}"}}}`, `{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":""}}}`},
		"what was applied last, a text":                        {`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"\"secret\""}}}`, `{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":""}}}`},
		"what was applied last, flawed in what is passed over": {`{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"spec\":{x}}"}}}`, `{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\"}"}}}`},
		"no more of managed fields":                            {`{"metadata":{"managedFields":[{"manager":"m","fieldsV1":{"f:spec":{}},"fieldsType":"FieldsV1"}]}}`, `{"metadata":{"managedFields":[{"manager":"m"}]}}`},
		"a word":                                               {`{"spec":{"restartPolicy":"Alw\u0061ys","containers":[{"imagePullPolicy":"user:password@host"}]}}`, `{"spec":{"restartPolicy":"Alw\u0061ys","containers":[{"imagePullPolicy":null}]}}`},
		"a time that is none":                                  {`{"status":{"startTime":"secret"}}`, `{"status":{"startTime":null}}`},
		"a figure that is none":                                {`{"spec":{"terminationGracePeriodSeconds":"secret"}}`, `{"spec":{"terminationGracePeriodSeconds":null}}`},
		"broken UTF-8":                                         {"{\"spec\":{\"nodeName\":\"\xff\",\"\xff\":\"s\"}}", "{\"spec\":{\"nodeName\":\"\xff\"}}"},
		"brackets in texts":                                    {`{"x":["}]\"",{"y":"]}\\"}],"spec":{"nodeName":"{["}}`, `{"spec":{"nodeName":"{["}}`},
	} {
		t.Run(name, func(t *testing.T) {
			out, n, err := List("", "Pod").Sieve.Append(nil, []byte(c.object))
			require.NoError(t, err)
			require.Equal(t, len(c.object), n)
			require.Equal(t, c.want, string(out))
		})
	}
}

func TestTheNilSieveLetsNothingThrough(t *testing.T) {
	out, _, err := (*Sieve)(nil).Append(nil, readPod(t))
	require.NoError(t, err)
	require.Equal(t, "{}", string(out))
}

func TestWhatIsNoJSON(t *testing.T) {
	for _, text := range []string{`{"spec" 1}`, `{spec:1}`, `{"spec":}`, `{"a":1 "b":2}`, `{"spec":{"containers":[1 2]}}`, `]`, `{"a":1,}`} {
		_, _, err := List("", "Pod").Sieve.Append(nil, []byte(text))
		require.True(t, errors.Is(err, errSyntax), text)
	}
}

func TestDepthIsThatOfTheList(t *testing.T) {
	const deep = 1_000_000
	object := `{"a":` + strings.Repeat(`{"a":[`, deep) + strings.Repeat(`]}`, deep) + `}`
	out, _, err := List("", "Pod").Sieve.Append(nil, []byte(object))
	require.NoError(t, err)
	require.Equal(t, "{}", string(out))
}

// BenchmarkSieve over a pod as an API server lists it, half of it managedFields. Its floor passes over the same bytes and leaves nothing; what it
// saves is parsing all of them.
func BenchmarkSieve(b *testing.B) {
	pod := readPod(b)
	for _, c := range []struct {
		name  string
		sieve *Sieve
	}{{"pod", List("", "Pod").Sieve}, {"floor", nil}} {
		b.Run(c.name, func(b *testing.B) {
			var out []byte
			b.SetBytes(int64(len(pod)))
			b.ReportAllocs()
			for b.Loop() {
				out, _, _ = c.sieve.Append(out[:0], pod)
			}
			b.ReportMetric(float64(len(out))/float64(len(pod)), "left")
		})
	}
	b.Run("parsed", func(b *testing.B) {
		b.SetBytes(int64(len(pod)))
		b.ReportAllocs()
		for b.Loop() {
			var value any
			require.NoError(b, jsonv2.Unmarshal(pod, &value))
		}
	})
}
