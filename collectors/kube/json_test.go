package kube

import (
	"bytes"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"plimsoll/collectors/allow"
)

// jsonTypes are structs that hold every form of field.
var jsonTypes = []reflect.Type{
	reflect.TypeFor[Pod](), reflect.TypeFor[Workload](), reflect.TypeFor[Node](), reflect.TypeFor[Service](), reflect.TypeFor[EndpointSlice](),
	reflect.TypeFor[Event](), reflect.TypeFor[Budget](), reflect.TypeFor[CustomResourceDefinition](),
}

// sameAsJSON decodes a text directly and by the json package.
func sameAsJSON(t *testing.T, text []byte) {
	t.Helper()
	for _, goType := range jsonTypes {
		want, got := reflect.New(goType), reflect.New(goType)
		wantErr := json.Unmarshal(text, want.Interface(), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		gotErr := DecodeJSON(text, got.Interface())
		require.Equal(t, wantErr == nil, gotErr == nil, "%s: %v, %v", goType, wantErr, gotErr)
		if wantErr == nil {
			require.Equal(t, want.Interface(), got.Interface())
		}
	}
}

// direct reports whether a text is read without the json package.
func direct(text []byte, into any) bool {
	v := reflect.ValueOf(into).Elem()
	d := &decoder{text: text}
	return d.value(jsonPlanOf(v.Type()), v) && d.at == len(text)
}

func TestEveryTypeHasAPlan(t *testing.T) {
	for _, goType := range jsonTypes {
		require.NotNil(t, jsonPlanOf(goType), goType)
	}
}

func TestWhatServersWriteIsReadDirectly(t *testing.T) {
	raw, err := os.ReadFile("../allow/testdata/pod.json")
	require.NoError(t, err)
	text, _, err := allow.List("", "Pod").Sieve.Append(nil, raw)
	require.NoError(t, err)
	var p Pod
	require.True(t, direct(text, &p))
	require.NotEmpty(t, p.Spec.Containers)
	sameAsJSON(t, text)

	again := p
	again.Spec.Containers = again.Spec.Containers[:0]
	require.True(t, direct([]byte(`{"spec":{"containers":[{"name":"other"}]}}`), &again))
	require.Equal(t, []Container{{Name: "other"}}, again.Spec.Containers, "nothing is left in the room of an earlier list")
}

var unusualJSON = []string{
	`{}`, `null`, `[]`, `"a"`, ` {"kind":"Pod"}`, `{"kind":"Pod"} `, `{"kind":"a","kind":"b"}`, `{"kind":1}`, `{"kind":null}`, `{"kind":"a\u00e9\"\\b"}`, `{"kind":"é"}`,
	"{\"kind\":\"\xff\"}", "{\"kind\":\"\x01\"}", `{"kind":"a\q"}`, `{"kind":"a`, `{"kind"`, `{"kind":"a",}`, `{,}`, `{"metadata":[]}`, `{"metadata":{"labels":{"a":"b","a":"c"}}}`,
	`{"metadata":{"labels":{"a":null,"b":""}}}`, `{"metadata":{"labels":null,"ownerReferences":null}}`, `{"metadata":{"ownerReferences":[]}}`, `{"metadata":{"ownerReferences":[null,{"controller":true}]}}`,
	`{"metadata":{"generation":-1}}`, `{"metadata":{"generation":01}}`, `{"metadata":{"generation":0x1}}`, `{"metadata":{"generation":1.0}}`, `{"metadata":{"generation":1e3}}`, `{"metadata":{"generation":"3"}}`,
	`{"metadata":{"generation":-}}`, `{"metadata":{"generation":-0}}`, `{"metadata":{"generation":9007199254740993}}`, `{"metadata":{"generation":true}}`, `{"metadata":{"generation":{}}}`, `{"metadata":{"creationTimestamp":"2026-01-02T03:04:05+02:00"}}`,
	`{"metadata":{"creationTimestamp":"yesterday"}}`, `{"metadata":{"creationTimestamp":null}}`, `{"metadata":{"creationTimestamp":""}}`, `{"metadata":{"creationTimestamp":7}}`,
	`{"spec":{"containers":[{"resources":{"requests":{"cpu":"100m","memory":1024}}},{"resources":{"requests":{"cpu":""}}}]}}`, `{"spec":{"containers":[{"resources":{"requests":{"cpu":" 1 "}}}]}}`,
	`{"spec":{"containers":[{"resources":{"requests":{"cpu":"x"}}}]}}`, `{"spec":{"containers":[{"livenessProbe":{"httpGet":{"port":"http"}}},{"livenessProbe":{"httpGet":{"port":80}}},{"livenessProbe":{"httpGet":{"port":true}}}]}}`,
	`{"spec":{"volumes":[{"emptyDir":{}},{"emptyDir":null},{"emptyDir":true}]}}`, `{"other":{"a":[1,2,{"b":"c\n"}],"d":tru}}`, `{"other":{"a":[1,2,{"b":"c\n"}],"d":true}}`, `{"other":01}`, `{"other":1.5e-3}`,
	`{"endpoints":[{"conditions":{"ready":true}},{"conditions":{"ready":null}},{"conditions":{"ready":"no"}},{}]}`, `{"message":"Liveness probe failed: HTTP"}`, `{"message":{}}`, `{"KIND":"Pod"}`, `{"":""}`,
}

func TestUnusualJSONIsReadAsTheJSONPackageDoes(t *testing.T) {
	for _, text := range unusualJSON {
		t.Run(text, func(t *testing.T) { sameAsJSON(t, []byte(text)) })
	}
}

func TestTimesAreReadAsTheTimePackageDoes(t *testing.T) {
	read := 0
	for _, date := range []string{"2026-01-02", "2024-02-29", "2026-02-29", "2026-02-30", "2026-04-31", "2026-12-31", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01", "9999-12-31", "2O26-01-02", "2026/01/02", "-026-01-02"} {
		for _, clock := range []string{"T03:04:05Z", "T00:00:00Z", "T23:59:59Z", "T24:00:00Z", "T23:60:00Z", "T23:59:60Z", "t03:04:05Z", " 03:04:05Z", "T03:04:05z", "T03:04:05 ", "T03-04:05Z", "T3:04:005Z", "T03:04:5", "T03:04:05.5Z", ""} {
			got, ok := secondOf([]byte(date + clock))
			if !ok {
				continue
			}
			want, err := time.Parse(time.RFC3339, date+clock)
			require.NoError(t, err)
			require.Equal(t, want.UTC(), got)
			read++
		}
	}
	require.Equal(t, 5*3, read, "each day there is, at each time of the day there is")
}

func FuzzDecodeJSON(f *testing.F) {
	for _, text := range unusualJSON {
		f.Add([]byte(text))
	}
	text, err := os.ReadFile("../allow/testdata/pod.json")
	require.NoError(f, err)
	f.Add(bytes.TrimSpace(text))
	f.Fuzz(sameAsJSON)
}
