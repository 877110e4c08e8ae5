package cluster

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

const (
	maxReleaseBytes  = 16 << 20 // of one release, expanded: what fits into a Secret expands to a fraction of it
	maxReleaseImages = 64       // of one release; what has more lists none
)

// whyReleases says what the right to list Helm's storage is for.
func (o Options) whyReleases() string {
	if o.HelmHistory {
		return "Helm releases with the data of their Secrets and ConfigMaps (--helm-history), by the label owner=helm: decoded in the\ncollector; chart, versions, images and keyed hashes leave. Whoever holds its token could read any Secret."
	}
	return "Helm releases by their labels. Kubernetes has no right for metadata alone: the collector asks for\nmetadata only, but whoever holds its token could ask for more. Leave it out with --no-releases."
}

// storedRelease is a revision as Helm keeps it, decoded: what may leave, and the objects of its manifest.
type storedRelease struct {
	record  snapshot.Release
	known   bool             // it is a release's, by its labels
	decoded bool             // its data could be read
	objects []manifestObject // of a release that is deployed
}

// readHistory reads Helm's releases with their data, one at a time: chart, versions, images, and keyed hashes of templates and values.
func (c *collection) readHistory(ctx context.Context) error {
	for _, k := range stored {
		for _, namespace := range c.options.scope(k) {
			if !c.allowed.may(releases, namespace) {
				continue
			}
			undecoded := 0
			l := listing{path: k.path("v1", namespace), selector: helmLabel, sieve: k.sieve, accept: acceptJSON, pageSize: k.mostOnPage}
			read := func(raw []byte) (storedRelease, error) { return readStored(raw, c.options.HashKey) }
			if err := eachOf(ctx, c, releases, namespace, l, read, func(s storedRelease) error {
				if s.known && !s.decoded {
					undecoded++
				}
				return c.addStored(s)
			}); err != nil {
				return err
			}
			if undecoded > 0 {
				c.allowed.notes = append(c.allowed.notes, snapshot.Note{Resource: releases, Namespace: namespace, Reason: reasonSkipped,
					Detail: fmt.Sprintf("%d releases could not be decoded", undecoded)})
			}
		}
	}
	return nil
}

func (c *collection) addStored(s storedRelease) error {
	if !s.known {
		return nil
	}
	for _, o := range s.objects {
		c.uses.AddManifest(o.apiVersion, o.kind, reference.ResourceOf(o.kind), cmp.Or(o.namespace, s.record.Namespace), o.name)
	}
	return c.write(s.record)
}

// readStored decodes a Secret or ConfigMap of Helm's storage. What can't be decoded keeps what its labels tell.
func readStored(raw []byte, key []byte) (storedRelease, error) {
	var object struct {
		kube.Object
		Data struct {
			Release string `json:"release"`
		} `json:"data"`
	}
	if err := decode(raw, &object); err != nil {
		return storedRelease{}, err
	}
	s := storedRelease{}
	if s.record, s.known = kube.ReleaseRecord(&object.Meta); !s.known {
		return s, nil
	}
	plain := s.record
	body, err := openStored(object.Data.Release)
	if err == nil {
		err = s.decode(body, key)
	}
	if s.decoded = err == nil; !s.decoded {
		s.record, s.objects = plain, nil
	}
	if s.record.Status != "deployed" {
		s.objects = nil
	}
	return s, nil
}

var errStored = errors.New("no release as Helm stores it")

// gzipMagic begins what Helm compresses; older releases are not compressed.
var gzipMagic = []byte{0x1f, 0x8b, 0x08}

// openStored takes off what Helm and the API wrapped around a release: base64 once in a ConfigMap, twice in a Secret, and gzip.
func openStored(text string) (io.Reader, error) {
	data := []byte(text)
	for range 2 {
		n, err := base64.StdEncoding.Decode(data, data)
		if err != nil {
			return nil, errStored
		}
		if data = data[:n]; bytes.HasPrefix(data, gzipMagic) {
			zip, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				return nil, errStored
			}
			return &bounded{r: zip, left: maxReleaseBytes}, nil
		}
		if bytes.HasPrefix(data, []byte("{")) {
			return &bounded{r: bytes.NewReader(data), left: maxReleaseBytes}, nil
		}
	}
	return nil, errStored
}

// bounded refuses what goes beyond its bound, where a limited reader would end as if it were whole.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		return 0, errStored
	}
	return n, err
}

// members walks through an object and has each member's value read or skipped.
func members(d *jsontext.Decoder, read func(name string) error) error {
	switch opening, err := d.ReadToken(); {
	case err != nil:
		return err
	case opening.Kind() == 'n':
		return nil
	case opening.Kind() != '{':
		return errStored
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := read(name.String()); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// decode reads a release's JSON as a stream; of each template it holds one at a time.
func (s *storedRelease) decode(body io.Reader, key []byte) error {
	d := jsontext.NewDecoder(body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	chart := chartHashes{key: key, release: s.record.Namespace + "/" + s.record.Name, parts: map[string]string{}}
	s.record.ChartValuesHash, s.record.UserValuesHash = chart.of("values", []byte("{}")), chart.of("config", []byte("{}"))
	err := members(d, func(name string) error {
		switch name {
		case "info":
			return s.readInfo(d)
		case "chart":
			return s.readChart(d, &chart)
		case "config":
			return chart.readValues(d, "config", &s.record.UserValuesHash)
		case "manifest":
			manifest, err := d.ReadToken()
			if err != nil {
				return err
			}
			if manifest.Kind() == '"' {
				s.readManifest(manifest.String())
			}
			return nil
		}
		return d.SkipValue()
	})
	if err != nil {
		return fmt.Errorf("decode release: %w", err)
	}
	if s.record.Chart == "" {
		return errStored
	}
	s.record.TemplatesHash = chart.templates()
	return nil
}

func (s *storedRelease) readInfo(d *jsontext.Decoder) error {
	var info struct {
		LastDeployed kube.Time `json:"last_deployed"`
		Status       string    `json:"status"`
	}
	if err := json.UnmarshalDecode(d, &info); err != nil {
		return err
	}
	if at := info.LastDeployed.Pointer(); at != nil {
		s.record.UpdatedAt = at
	}
	if _, known := reference.HelmStatusOf(info.Status); known {
		s.record.Status = info.Status
	}
	return nil
}

func (s *storedRelease) readChart(d *jsontext.Decoder, chart *chartHashes) error {
	return members(d, func(name string) error {
		switch name {
		case "metadata":
			var metadata struct {
				Name         string         `json:"name"`
				Version      string         `json:"version"`
				AppVersion   string         `json:"appVersion"`
				Dependencies jsontext.Value `json:"dependencies"`
			}
			if err := json.UnmarshalDecode(d, &metadata); err != nil {
				return err
			}
			s.record.Chart, s.record.ChartVersion, s.record.AppVersion = shortText(metadata.Name), shortText(metadata.Version), shortText(metadata.AppVersion)
			chart.add("dependencies", "", metadata.Dependencies)
			return nil
		case "lock":
			var lock struct {
				Dependencies jsontext.Value `json:"dependencies"`
			}
			if err := json.UnmarshalDecode(d, &lock); err != nil {
				return err
			}
			chart.add("lock", "", lock.Dependencies)
			return nil
		case "templates":
			return chart.readFiles(d, func(string) bool { return true })
		case "files":
			return chart.readFiles(d, func(name string) bool { return strings.HasPrefix(name, "crds/") })
		case "values":
			return chart.readValues(d, "values", &s.record.ChartValuesHash)
		}
		return d.SkipValue()
	})
}

// shortForm is what names and versions of charts look like.
var shortForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+~^:/-]{0,99}$`)

// shortText is a name or a version; anything else stays behind.
func shortText(text string) string {
	if !shortForm.MatchString(text) {
		return ""
	}
	return text
}

// chartHashes make what a chart consists of comparable between the revisions of one release, and nowhere else: values can be guessed, so
// that the key is that of the collection, which is forgotten with it.
type chartHashes struct {
	key     []byte
	release string
	parts   map[string]string // of the templates
}

func (c *chartHashes) of(part string, content ...[]byte) string {
	mac := hmac.New(sha256.New, c.key)
	for _, text := range append([][]byte{[]byte("helm"), []byte(c.release), []byte(part)}, content...) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		mac.Write(length[:])
		mac.Write(text)
	}
	return hex.EncodeToString(mac.Sum(nil))[:hashHex]
}

// add counts a part in, whatever order the parts stand in.
func (c *chartHashes) add(part, name string, content []byte) {
	if part != "file" {
		content = canonical(content)
	}
	key := part + "\x00" + name
	if earlier := c.parts[key]; earlier != "" { // two of one name
		key += "\x00" + strconv.Itoa(len(c.parts))
	}
	c.parts[key] = c.of(part, []byte(name), content)
}

func (c *chartHashes) templates() string {
	var all []byte
	for _, part := range slices.Sorted(maps.Keys(c.parts)) {
		all = append(all, c.parts[part]...)
	}
	return c.of("templates", all)
}

func (c *chartHashes) readFiles(d *jsontext.Decoder, takes func(name string) bool) error {
	switch opening, err := d.ReadToken(); {
	case err != nil:
		return err
	case opening.Kind() == 'n':
		return nil
	case opening.Kind() != '[':
		return errStored
	}
	for d.PeekKind() == '{' {
		var file struct {
			Name string         `json:"name"`
			Data jsontext.Value `json:"data"`
		}
		if err := json.UnmarshalDecode(d, &file); err != nil {
			return err
		}
		if takes(file.Name) {
			c.add("file", file.Name, file.Data)
		}
	}
	_, err := d.ReadToken()
	return err
}

// readValues hashes values by what they are: the order of their keys and null for none say nothing.
func (c *chartHashes) readValues(d *jsontext.Decoder, part string, into *string) error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	*into = c.of(part, canonical(raw))
	return nil
}

// canonical is one text for one value.
func canonical(raw jsontext.Value) []byte {
	value := raw.Clone()
	if err := value.Canonicalize(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return value
	}
	if text := string(value); text == "null" || text == "" || text == "[]" {
		return []byte("{}")
	}
	return value
}
