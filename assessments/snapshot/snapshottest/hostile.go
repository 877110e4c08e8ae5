package snapshottest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments/snapshot"
)

// Hostile makes a header and n records of any kind that the format allows and no collector would write: figures at their bounds,
// ranges of every size, text that breaks lines, fields that contradict each other. Names and words are mostly those of Whole and
// Harbour, so that records still join and rules still find something to judge. The same random numbers give the same records.
func Hostile(random *rand.Rand, n int) ([]snapshot.Record, error) {
	h, err := newHostile(random)
	if err != nil {
		return nil, err
	}
	records := []snapshot.Record{h.header()}
	for range n {
		record := h.record()
		if err := snapshot.Check(record); err != nil {
			return nil, fmt.Errorf("a %s that the format refuses: %w", record.RecordKind(), err)
		}
		records = append(records, record)
	}
	return records, nil
}

type hostile struct {
	random *rand.Rand
	kinds  []snapshot.Kind
	types  map[snapshot.Kind]reflect.Type
	known  map[snapshot.Kind][]snapshot.Record // of the fixtures
	words  map[string][]string                 // of the fixtures, by Go type and field
	ints   map[string][]int64
	keep   bool // the record at hand is one of the fixtures with some fields made anew
}

// Whatever can be a workload is often one of these, so that records join.
var hostileWorkloads = []snapshot.Ref{
	{Kind: "Deployment", Namespace: "payments", Name: "ledger"}, {Kind: "StatefulSet", Namespace: "streams", Name: "kafka"},
	{Kind: "Deployment", Namespace: "kube-system", Name: "coredns"}, {Kind: "Pod", Namespace: "payments", Name: "ledger"},
	{Kind: "DaemonSet", Namespace: "kube-system", Name: "kube-proxy"},
}

var hostileWords = []string{
	"", " ", "0", "-1", "100%", "999999999999999999999", "1e309", "nan", "v99.99.99", "v1.x", "1.-1", ":", "@", "/", "..", "a@sha256:", "\x1b[31mred", "two\nlines", "\u202egnp",
	"*", "0/0", "%s%d", "| a | b |", "<b>", "true", "null", "latest", "PT1H", "99999999h", "-Xmx9223372036854775807g", "-Xmx-1", "-XX:MaxRAMPercentage=1e300", "-XX:MaxRAMPercentage=nan",
	"OOMKilled", "Error", "Recreate", "failed", "OutOfSync", "cilium", "kafka:3.9.0", "dockershim://19.3", "app/master:latest",
	"0.0.0.0/0", "::/0", "10.0.0.0/33", "255.255.255.255/32", "10.0.0.1/8", "fe80::1%eth0/64", strings.Repeat("é", 255),
}

var hostileInts = []int64{0, 1, 2, 3, 31, 32, 33, 64, 128, 129, 65_536, 1 << 31, 1<<31 - 1, 1 << 40, snapshot.MaxInteger - 1, snapshot.MaxInteger}

func newHostile(random *rand.Rand) (*hostile, error) {
	h := &hostile{
		random: random, types: snapshot.RecordTypes(), known: map[snapshot.Kind][]snapshot.Record{}, words: map[string][]string{}, ints: map[string][]int64{},
	}
	for _, kind := range slices.Sorted(maps.Keys(h.types)) {
		switch kind {
		case snapshot.KindHeader, snapshot.KindTrailer:
		case snapshot.KindWorkload, snapshot.KindWorkloadPods, snapshot.KindService, snapshot.KindNode: // what most rules are about
			h.kinds = append(h.kinds, kind, kind, kind, kind)
		default:
			h.kinds = append(h.kinds, kind)
		}
	}
	for _, fixture := range []func() ([]snapshot.Record, error){Whole, Harbour} {
		records, err := fixture()
		if err != nil {
			return nil, err
		}
		for _, record := range records {
			h.known[record.RecordKind()] = append(h.known[record.RecordKind()], record)
			h.learn(reflect.ValueOf(record), "")
		}
	}
	return h, nil
}

// learn keeps the words and figures of a fixture.
func (h *hostile) learn(v reflect.Value, place string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				h.learn(v.Field(i), v.Type().Name()+"."+v.Type().Field(i).Name)
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			h.learn(v.Elem(), place)
		}
	case reflect.Slice:
		for i := range v.Len() {
			h.learn(v.Index(i), place)
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			h.learn(key, place+" key")
			h.learn(v.MapIndex(key), place)
		}
	case reflect.String:
		if !slices.Contains(h.words[place], v.String()) {
			h.words[place] = append(h.words[place], v.String())
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		h.ints[place] = append(h.ints[place], v.Int())
	}
}

func (h *hostile) header() snapshot.Header {
	header := snapshot.Header{Schema: snapshot.Schema, CollectorVersion: "1", TakenAt: h.time(), PlatformUID: h.word("Header.PlatformUID")}
	header.Source = []snapshot.Source{snapshot.SourceCluster, snapshot.SourceCluster, snapshot.SourceManifests, snapshot.SourceRepository, snapshot.SourceNode}[h.random.IntN(5)]
	for _, resource := range snapshot.Resources {
		switch h.random.IntN(8) {
		case 0:
			header.Scope.Refused = append(header.Scope.Refused, resource)
		case 1:
		default:
			header.Scope.Collected = append(header.Scope.Collected, resource)
		}
	}
	return header
}

func (h *hostile) record() snapshot.Record {
	kind := h.kinds[h.random.IntN(len(h.kinds))]
	v := reflect.New(h.types[kind]).Elem()
	if known := h.known[kind]; len(known) > 0 && h.random.IntN(4) > 0 {
		h.keep = true
		v.Set(reflect.ValueOf(known[h.random.IntN(len(known))]))
	}
	h.fill(v, "")
	h.keep = false
	return v.Interface().(snapshot.Record)
}

func (h *hostile) fill(v reflect.Value, place string) {
	switch v.Kind() {
	case reflect.Struct:
		h.fillStruct(v)
	case reflect.Pointer:
		if h.random.IntN(4) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			h.fill(v.Elem(), place)
		}
	case reflect.Slice:
		h.fillSlice(v, place)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range h.length() {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			key.SetString(h.word(place + " key"))
			h.fill(value, place)
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		if strings.HasSuffix(place, "CIDRs") && h.random.IntN(2) == 0 {
			v.SetString(h.prefix())
			return
		}
		v.SetString(h.word(place))
	case reflect.Bool:
		v.SetBool(h.random.IntN(2) == 0)
	case reflect.Int32:
		v.SetInt(h.int(place) % (1 << 31))
	case reflect.Int, reflect.Int64:
		v.SetInt(h.int(place))
	default:
		panic(fmt.Sprintf("%s: no values for a %s", place, v.Kind()))
	}
}

func (h *hostile) fillStruct(v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(h.time()))
		return
	case reflect.TypeFor[snapshot.Place]():
		if h.random.IntN(8) > 0 {
			return // in a cluster nothing has a place
		}
	}
	for i := range v.NumField() {
		if h.keep && h.random.IntN(8) > 0 && v.Field(i).Kind() != reflect.Slice {
			continue
		}
		h.fill(v.Field(i), v.Type().Name()+"."+v.Type().Field(i).Name)
	}
	workload := hostileWorkloads[h.random.IntN(len(hostileWorkloads))]
	if h.random.IntN(4) == 0 {
		return
	}
	switch r := v.Addr().Interface().(type) {
	case *snapshot.Ref:
		*r = workload
	case *snapshot.Workload:
		r.Kind, r.Namespace, r.Name = workload.Kind, workload.Namespace, workload.Name
	case *snapshot.WorkloadPods:
		r.WorkloadKind, r.Namespace, r.Name = workload.Kind, workload.Namespace, workload.Name
	case *snapshot.Service:
		r.Namespace, r.Name = workload.Namespace, workload.Name
	case *snapshot.Endpoints:
		r.Namespace, r.Service = workload.Namespace, workload.Name
	}
}

// fillSlice makes a list anew, or touches the elements of a fixture's. Lists are never changed in place: fixtures are shared.
func (h *hostile) fillSlice(v reflect.Value, place string) {
	n := h.length()
	if h.keep && h.random.IntN(4) > 0 {
		n = v.Len()
	}
	if n == 0 {
		v.SetZero()
		return
	}
	fresh := reflect.MakeSlice(v.Type(), n, n)
	reflect.Copy(fresh, v)
	for i := range n {
		if !h.keep || v.Type().Elem().Kind() == reflect.Struct || i >= v.Len() || h.random.IntN(8) == 0 {
			h.fill(fresh.Index(i), place)
		}
	}
	v.Set(fresh)
}

func (h *hostile) length() int { return []int{0, 0, 1, 1, 1, 2, 3, 17}[h.random.IntN(8)] }

func (h *hostile) word(place string) string {
	if known := h.words[place]; len(known) > 0 && h.random.IntN(8) > 0 {
		return known[h.random.IntN(len(known))]
	}
	return hostileWords[h.random.IntN(len(hostileWords))]
}

func (h *hostile) int(place string) int64 {
	if known := h.ints[place]; len(known) > 0 && h.random.IntN(2) == 0 {
		return known[h.random.IntN(len(known))]
	}
	return hostileInts[h.random.IntN(len(hostileInts))]
}

// prefix is a range of any size: /0 and /128 as well.
func (h *hostile) prefix() string {
	if h.random.IntN(3) == 0 {
		return netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfd, byte(h.random.IntN(4))}), h.random.IntN(129)).String()
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(h.random.IntN(256))}), h.random.IntN(33)).String()
}

// time lies within what the format takes, and mostly near the day that snapshots of tests are taken on.
func (h *hostile) time() time.Time {
	switch h.random.IntN(6) {
	case 0:
		return time.Date(snapshot.MinYear, 1, 1, 0, 0, 0, 0, time.UTC)
	case 1:
		return time.Date(snapshot.MaxYear, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	}
	return TakenAt.Add(time.Duration(h.random.IntN(4000)-3000) * 6 * time.Hour)
}
