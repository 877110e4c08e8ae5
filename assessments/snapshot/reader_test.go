package snapshot_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

const headerLine = `{"kind":"header","schema":"plimsoll.snapshot/v1","collectorVersion":"1.0.0","source":"cluster","takenAt":"2026-10-01T06:00:00Z"}`

// zipped is a gzip member of the text.
func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// sealed is a snapshot of the header, the lines and a true trailer.
func sealed(t testing.TB, lines ...string) []byte {
	t.Helper()
	return zipped(t, sealedText(append([]string{headerLine}, lines...)...))
}

func sealedText(lines ...string) string {
	text := strings.Join(lines, "\n") + "\n"
	sum := sha256.Sum256([]byte(text))
	counts := map[string]int{}
	for _, line := range lines {
		_, after, _ := strings.Cut(line, `"kind":"`)
		kind, _, _ := strings.Cut(after, `"`)
		counts[kind]++
	}
	var parts []string
	for kind, n := range counts {
		parts = append(parts, fmt.Sprintf("%q:%d", kind, n))
	}
	return text + fmt.Sprintf(`{"kind":"trailer","counts":{%s},"sha256":"%s"}`, strings.Join(parts, ","), hex.EncodeToString(sum[:])) + "\n"
}

func readAll(r *snapshot.Reader) ([]snapshot.Record, error) {
	var records []snapshot.Record
	for record, err := range r.Records() {
		if err != nil {
			return records, err
		}
		records = append(records, record)
	}
	return records, nil
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	records := snapshottest.Generate(60, 1)
	var file bytes.Buffer
	require.NoError(t, snapshottest.Write(&file, records))
	var again bytes.Buffer
	require.NoError(t, snapshottest.Write(&again, snapshottest.Generate(60, 1)))
	require.Equal(t, file.Bytes(), again.Bytes(), "the same records give the same bytes")

	zip, err := gzip.NewReader(bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	text, err := io.ReadAll(zip)
	require.NoError(t, err)
	sum := sha256.Sum256(text)

	r := snapshot.NewReader(&file, snapshot.Limits{})
	read, err := readAll(r)
	require.NoError(t, err)
	require.Equal(t, records, read)
	require.Equal(t, hex.EncodeToString(sum[:]), r.Digest())
	require.Empty(t, r.Notes())
	require.Equal(t, snapshottest.PlatformUID, r.Header().PlatformUID)
	require.Equal(t, 60, r.Counts()[snapshot.KindWorkload])
}

func TestBadInputIsRefusedWithLineAndField(t *testing.T) {
	good := sealed(t, `{"kind":"namespace","name":"shop"}`)
	damaged := bytes.Clone(good)
	damaged[len(damaged)-6] ^= 0xff // in the checksum
	broken := bytes.Clone(good)
	for i := 20; i < 40; i++ {
		broken[i] = 0xff
	}
	workload := `{"kind":"workload","workloadKind":"Deployment","namespace":"shop","name":"web",`
	small := snapshot.Limits{ExpandedBytes: 3000, LineBytes: 1000, Records: 5, StringBytes: 100, Depth: 8}

	cases := map[string]struct {
		file   []byte
		limits snapshot.Limits
		kind   snapshot.ErrorKind
		want   string
	}{
		"no byte":             {[]byte{}, small, snapshot.ErrEmpty, "an empty file"},
		"gzip of nothing":     {zipped(t, ""), small, snapshot.ErrEmpty, "an empty file"},
		"plain JSON":          {[]byte(headerLine + "\n"), small, snapshot.ErrNotGzip, "not a gzip file"},
		"one byte":            {[]byte{0x1f}, small, snapshot.ErrCutOff, "cut off: the gzip stream has no end"},
		"cut in gzip":         {good[:len(good)-12], small, snapshot.ErrCutOff, "line 3: cut off: the gzip stream has no end"},
		"cut after a line":    {zipped(t, headerLine+"\n"), small, snapshot.ErrCutOff, "line 1: cut off: the trailer is missing"},
		"cut in a line":       {zipped(t, headerLine), small, snapshot.ErrCutOff, "line 1: cut off: the last line has no end"},
		"checksum":            {damaged, small, snapshot.ErrDamaged, "line 3: damaged: the gzip checksum does not fit"},
		"flate":               {broken, small, snapshot.ErrDamaged, "line 1: damaged: the gzip stream does not expand"},
		"after the gzip":      {append(bytes.Clone(good), 0), small, snapshot.ErrDamaged, "line 3: data after the end of the gzip stream"},
		"second gzip member":  {append(bytes.Clone(good), good...), small, snapshot.ErrDamaged, "line 3: data after the end of the gzip stream"},
		"after the trailer":   {zipped(t, sealedText(headerLine)+"{}\n"), small, snapshot.ErrDamaged, "line 2: data after the trailer"},
		"a line changed":      {zipped(t, strings.Replace(sealedText(headerLine, `{"kind":"namespace","name":"shop"}`), "shop", "sh0p", 1)), small, snapshot.ErrDamaged, `line 3: trailer.sha256: want dcf08f0a69fdfa08df407c8a7652e09d868c5fbf2006fb75adf413a152af9b6d, got "0061d1`},
		"a line lost":         {zipped(t, strings.Replace(sealedText(headerLine, `{"kind":"namespace","name":"shop"}`), `{"kind":"namespace","name":"shop"}`+"\n", "", 1)), small, snapshot.ErrDamaged, `line 2: trailer.counts: do not fit the records: "namespace" said 1, seen 0`},
		"no header":           {zipped(t, sealedText(`{"kind":"namespace","name":"shop"}`)), small, snapshot.ErrWrongOrder, `line 1: kind: want header as the first record, got "namespace"`},
		"second header":       {sealed(t, headerLine), small, snapshot.ErrWrongOrder, "line 2: kind: a second header"},
		"newer major":         {zipped(t, sealedText(strings.Replace(headerLine, "/v1", "/v2", 1))), small, snapshot.ErrWrongVersion, `line 1: header.schema: want plimsoll.snapshot/v1, got "plimsoll.snapshot/v2"`},
		"unknown source":      {zipped(t, sealedText(strings.Replace(headerLine, `"cluster"`, `"tea leaves"`, 1))), small, snapshot.ErrOutOfBounds, `line 1: header.source: want cluster, manifests, repository or node, got "tea leaves"`},
		"too many records":    {sealed(t, `{"kind":"namespace","name":"a"}`, `{"kind":"namespace","name":"b"}`, `{"kind":"namespace","name":"c"}`, `{"kind":"namespace","name":"d"}`, `{"kind":"namespace","name":"e"}`), small, snapshot.ErrTooLarge, "line 6: more than 5 records"},
		"long line":           {sealed(t, workload+`"x":"`+strings.Repeat("x", 2000)+`"}`), small, snapshot.ErrTooLarge, "line 2: a line of more than 1000 bytes"},
		"large when expanded": {sealed(t, workload+`"x":"`+strings.Repeat("x", 4000)+`"}`), small, snapshot.ErrTooLarge, "line 2: more than 3000 bytes expanded"},
		"large file":          {good, snapshot.Limits{CompressedBytes: 50}, snapshot.ErrTooLarge, "line 1: more than 50 bytes compressed"},
		"too deep":            {sealed(t, workload+`"x":`+strings.Repeat("[", 9)+strings.Repeat("]", 9)+`}`), small, snapshot.ErrTooDeep, "line 2: nested deeper than 8"},
		"word for a number":   {sealed(t, workload+`"replicas":"three"}`), small, snapshot.ErrWrongType, `line 2: workload.replicas: want an integer, got "three"`},
		"fraction":            {sealed(t, workload+`"replicas":2.5}`), small, snapshot.ErrWrongType, "line 2: workload.replicas: want an integer, got 2.5"},
		"huge number":         {sealed(t, workload+`"replicas":1e400}`), small, snapshot.ErrWrongType, "line 2: workload.replicas: want an integer, got 1e400"},
		"object for a list":   {sealed(t, workload+`"containers":{}}`), small, snapshot.ErrWrongType, "line 2: workload.containers: want a list, got an object"},
		"list for a string":   {sealed(t, workload+`"containers":[{"name":["a"]}]}`), small, snapshot.ErrWrongType, "line 2: workload.containers[0].name: want a string, got a list"},
		"number for a bool":   {sealed(t, workload+`"hostNetwork":1}`), small, snapshot.ErrWrongType, "line 2: workload.hostNetwork: want true or false, got 1"},
		"word for a time":     {sealed(t, workload+`"createdAt":"yesterday"}`), small, snapshot.ErrWrongType, `line 2: workload.createdAt: want a time as in RFC 3339, got "yesterday"`},
		"kind no string":      {sealed(t, `{"kind":7}`), small, snapshot.ErrWrongType, "line 2: kind: want a string, got 7"},
		"no kind":             {sealed(t, `{"name":"shop"}`), small, snapshot.ErrWrongType, "line 2: kind: missing"},
		"negative replicas":   {sealed(t, workload+`"replicas":-1}`), small, snapshot.ErrOutOfBounds, "line 2: workload.replicas: want 0 or more, got -1"},
		"memory past 2^53":    {sealed(t, workload+`"containers":[{"name":"a","role":"regular"},{"name":"b","memoryLimitBytes":9007199254740992}]}`), small, snapshot.ErrOutOfBounds, "line 2: workload.containers[1].memoryLimitBytes: want at most 9007199254740991, got 9007199254740992"},
		"time before 2000":    {sealed(t, workload+`"createdAt":"1970-01-01T00:00:00Z"}`), small, snapshot.ErrOutOfBounds, "line 2: workload.createdAt: want a time between 2000 and 2100, got 1970-01-01T00:00:00Z"},
		"long name":           {sealed(t, `{"kind":"namespace","name":"`+strings.Repeat("n", 513)+`"}`), small, snapshot.ErrOutOfBounds, "line 2: namespace.name: 513 bytes are beyond the bound of 512"},
		"long string":         {sealed(t, `{"kind":"node","name":"n","osImage":"`+strings.Repeat("n", 101)+`"}`), small, snapshot.ErrOutOfBounds, "line 2: node.osImage: 101 bytes are beyond the bound of 100"},
		"double key":          {sealed(t, workload+`"name":"other"}`), small, snapshot.ErrDoubleKey, "line 2: workload.name: the key stands there twice"},
		"double key, unknown": {sealed(t, workload+`"x":{"a":1,"a":2}}`), small, snapshot.ErrDoubleKey, "line 2: workload.x.a: the key stands there twice"},
		"double kind":         {sealed(t, `{"kind":"namespace","name":"shop","kind":"node"}`), small, snapshot.ErrDoubleKey, "line 2: namespace.kind: the key stands there twice"},
		"bad UTF-8":           {sealed(t, workload+`"x":"`+"a\xffb"+`"}`), small, snapshot.ErrBadUTF8, "line 2: bytes that are no UTF-8"},
		"not JSON":            {sealed(t, `{"kind":"namespace","name":}`), small, snapshot.ErrBadJSON, "line 2: no JSON object: invalid character '}' at start of value"},
		"two on a line":       {sealed(t, `{"kind":"namespace","name":"a"} {}`), small, snapshot.ErrBadJSON, "line 2: no JSON object: invalid character '{' after top-level value"},
		"a list":              {sealed(t, `[]`), small, snapshot.ErrWrongType, "line 2: want an object, got a list"},
		"empty line":          {sealed(t, ``), small, snapshot.ErrBadJSON, "line 2: an empty line"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := snapshot.NewReader(bytes.NewReader(c.file), c.limits)
			_, err := readAll(r)
			var bad *snapshot.Error
			require.ErrorAs(t, err, &bad)
			require.Equal(t, string(c.kind), string(bad.Kind), err)
			require.Contains(t, err.Error(), c.want)
			require.Empty(t, r.Digest())
			_, again := r.Next()
			require.Equal(t, err, again, "an error stays")
		})
	}
}

func TestNewerMinorIsPassedOverWithANote(t *testing.T) {
	file := sealed(t,
		`{"kind":"phaseOfMoon","value":[1,{"a":2}]}`,
		`{"kind":"workload","workloadKind":"CloneSet","namespace":"shop","name":"web","colour":{"a":1},"containers":[{"name":"a","role":"ambient","shade":3}]}`,
		"{\"kind\":\"namespace\",\"name\":\"a\",\"\\u202Eevil\\u0000\":1}",
		`{"name":"late kind","kind":"namespace"}`)
	r := snapshot.NewReader(bytes.NewReader(file), snapshot.Limits{})
	records, err := readAll(r)
	require.NoError(t, err)
	require.Len(t, records, 4)
	require.Equal(t, snapshot.Namespace{Name: "late kind"}, records[3])
	require.Equal(t, []string{
		`"phaseOfMoon": unknown kind, passed over`,
		"workload.colour: unknown field, passed over",
		"workload.containers[].shade: unknown field, passed over",
		`workload.workloadKind: unknown value "CloneSet"`,
		`workload.role: unknown value "ambient"`,
		`namespace."\u202eevil\x00": unknown field, passed over`,
	}, r.Notes())
}

func TestABombIsFoundWithinBoundedMemory(t *testing.T) {
	var bomb bytes.Buffer
	zip, err := gzip.NewWriterLevel(&bomb, gzip.BestCompression)
	require.NoError(t, err)
	_, err = zip.Write([]byte(headerLine + "\n"))
	require.NoError(t, err)
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	for range 256 {
		_, err := zip.Write(spaces[:1<<15])
		require.NoError(t, err)
		_, err = zip.Write(spaces)
		require.NoError(t, err)
	}
	require.NoError(t, zip.Close())

	for name, c := range map[string]struct {
		limits snapshot.Limits
		kind   snapshot.ErrorKind
	}{
		"by ratio":     {snapshot.Limits{RatioFromBytes: 16 << 10}, snapshot.ErrBomb},
		"by line size": {snapshot.Limits{Ratio: 100_000, LineBytes: 20 << 10}, snapshot.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			source := &countingReader{r: bytes.NewReader(bomb.Bytes())}
			_, err := readAll(snapshot.NewReader(source, c.limits))
			var bad *snapshot.Error
			require.ErrorAs(t, err, &bad)
			require.Equal(t, string(c.kind), string(bad.Kind), err)
			require.Less(t, source.n, 64<<10, "compressed bytes taken")
		})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = readAll(snapshot.NewReader(bytes.NewReader(bomb.Bytes()), snapshot.Limits{LineBytes: 512 << 20, ExpandedBytes: 512 << 20}))
	runtime.ReadMemStats(&after)
	require.ErrorContains(t, err, "line 2: expands to more than 250 times its size")
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20), "bytes allocated before the ratio stops it, for a line that would be 264 MB")
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func TestErrorsOfTheSourceStayThemselves(t *testing.T) {
	broken := errors.New("the line was cut")
	_, err := readAll(snapshot.NewReader(io.MultiReader(bytes.NewReader(sealed(t)[:30]), failing{broken}), snapshot.Limits{}))
	require.ErrorIs(t, err, broken)
	var bad *snapshot.Error
	require.False(t, errors.As(err, &bad))
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestDecodeRecordIsStrict(t *testing.T) {
	record, err := snapshot.DecodeRecord([]byte(`{"kind":"workload","workloadKind":"Job","namespace":"a","name":"b"}`))
	require.NoError(t, err)
	require.Equal(t, snapshot.Workload{Kind: "Job", Namespace: "a", Name: "b"}, record)
	for line, want := range map[string]string{
		`{"kind":"workload","replica":3}`:   "workload.replica: unknown field",
		`{"kind":"worklaod"}`:               `kind: unknown kind "worklaod"`,
		`{"kind":"workload","replicas":-3}`: "workload.replicas: want 0 or more, got -3",
	} {
		_, err := snapshot.DecodeRecord([]byte(line))
		require.EqualError(t, err, want)
	}
}

func TestWriterRefusesWhatAReaderWould(t *testing.T) {
	w, err := snapshot.NewWriter(io.Discard, snapshottest.Generate(0, 1)[0].(snapshot.Header))
	require.NoError(t, err)
	require.EqualError(t, w.Write(snapshot.Workload{Kind: "Job", Name: strings.Repeat("n", 600)}), "workload.name: 600 bytes are beyond the bound of 512")
	require.Error(t, w.Write(snapshot.Trailer{}))
	require.NoError(t, w.Write(&snapshot.Namespace{Name: "a pointer is fine"}))
	require.NoError(t, w.Close())
}

func FuzzReader(f *testing.F) {
	f.Add(sealed(f, `{"kind":"namespace","name":"shop"}`))
	f.Add(sealed(f, `{"kind":"moon","a":[1]}`, `{"kind":"workload","workloadKind":"Job","x":{"y":1}}`))
	f.Add(zipped(f, headerLine))
	f.Add([]byte{})
	f.Add([]byte(headerLine))
	f.Fuzz(func(t *testing.T, file []byte) {
		limits := snapshot.Limits{ExpandedBytes: 1 << 20, LineBytes: 1 << 16, Records: 1000}
		for _, input := range [][]byte{file, zipped(t, string(file))} {
			r := snapshot.NewReader(bytes.NewReader(input), limits)
			_, err := readAll(r)
			var bad *snapshot.Error
			if err != nil {
				require.ErrorAs(t, err, &bad)
				require.NotContains(t, err.Error(), "\n")
				continue
			}
			require.Len(t, r.Digest(), 64)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	var file bytes.Buffer
	require.NoError(b, snapshottest.Write(&file, snapshottest.Generate(10_000, 1)))
	b.ReportMetric(float64(file.Len()), "file-bytes")
	b.ReportAllocs()
	for b.Loop() {
		r := snapshot.NewReader(bytes.NewReader(file.Bytes()), snapshot.Limits{})
		for _, err := range r.Records() {
			require.NoError(b, err)
		}
	}
}

// Lists inside a record are bounded as records are: a small file must not grow into more than a server holds.
func TestListsAreBounded(t *testing.T) {
	list := func(element string, n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]"
	}
	container := `{"name":"a","role":"regular"}`
	for name, c := range map[string]struct {
		line, want string
		limits     snapshot.Limits
	}{
		"containers": {`{"kind":"workload","workloadKind":"Pod","namespace":"a","name":"b","containers":` + list(container, snapshot.MaxOfPod+1) + `}`,
			"line 2: workload.containers: 1001 elements are beyond the bound of 1000", snapshot.Limits{}},
		"containers of all": {`{"kind":"workload","workloadKind":"Pod","namespace":"a","name":"b","containers":` + list(container, 4) + `}`,
			"line 2: containers: more than 3 containers in all", snapshot.Limits{Containers: 3}},
		"ranges": {`{"kind":"cluster","uid":"u","serverVersion":"v1.34.0","podCidrs":` + list(`"::/0"`, snapshot.MaxRanges+1) + `}`,
			"line 2: cluster.podCidrs: 257 elements are beyond the bound of 256", snapshot.Limits{}},
		"any list": {`{"kind":"service","namespace":"a","name":"b","type":"ClusterIP","selects":` + list(`{"kind":"Pod","name":"a"}`, snapshot.MaxElements+1) + `}`,
			"line 2: service.selects: 20001 elements are beyond the bound of 20000", snapshot.Limits{}},
	} {
		t.Run(name, func(t *testing.T) {
			r := snapshot.NewReader(bytes.NewReader(sealed(t, c.line)), c.limits)
			var err error
			for err == nil {
				_, err = r.Next()
			}
			require.EqualError(t, err, c.want)
		})
	}
}
