package snapshot

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shape is what the format asks of a Go type beyond its JSON types: bounds of figures, times and strings. It is made once
// from the record types, so that no field can be forgotten.
type shape struct {
	goType reflect.Type
	fields []shapeField // of a struct
	elem   *shape       // of a pointer, slice or map
	byName map[string]*shape
}

type shapeField struct {
	name    string
	index   int
	shape   *shape
	key     string   // as JSON writes it, with its colon
	omitted bool     // where it is zero
	most    int      // elements of a list
	named   bool     // a name: bounded by MaxNameBytes
	enum    []string // known values; another is noted
	sign    bool     // may be negative
}

// plain is a value that has no field of its own.
var plain = &shapeField{most: MaxElements}

// Fields whose strings name an object, and so have the bound of names.
var nameFields = []string{"name", "namespace", "uid", "workloadKind", "ownerKind", "policyKind", "resourceKind", "autoscalerKind", "apiVersion",
	"helmRelease", "container", "component", "section", "source", "schema", "platformUid", "collectorVersion",
	"configurationKind", "configuration", "ingressKind", "backupKind", "objectKind", "volumeSource", "service", "serviceNamespace", "claim",
	"claimNamespace", "storageClass", "driver", "provisioner", "group", "version", "resource", "tool", "reason", "keyId", "redactionKeyId"}

// Known values of closed fields, by Go type and JSON name.
var enums = map[string][]string{
	"Container.role":                {string(RoleRegular), string(RoleInit), string(RoleSidecar)},
	"Service.type":                  {"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"},
	"Workload.workloadKind":         {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob", "Pod"},
	"Workload.strategy":             {"", "RollingUpdate", "Recreate", "OnDelete"},
	"Probe.handler":                 {"httpGet", "tcpSocket", "exec", "grpc"},
	"Volume.class":                  {"hostPath", "emptyDir", "claim", "configMap", "secret", "csi", "inTree", "other"},
	"PersistentVolume.volumeSource": {"csi", "local", "hostPath", "nfs", "inTree", "other"},
	"Webhook.failurePolicy":         {"Fail", "Ignore"},
	"Announcement.mode":             {"layer2", "bgp"},
	"Network.addressMode":           {"", "node-ranges", "blocks", "cloud"},
	"EventSummary.probe":            {"", "liveness", "readiness", "startup"},
}

var timeType = reflect.TypeFor[time.Time]()

var signedFields = []string{"Termination.exitCode"}

var shapes = map[reflect.Type]*shape{}

// shapeOf is called while the package starts, never later.
func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes[t]; ok {
		return s
	}
	s := &shape{goType: t}
	shapes[t] = s
	switch {
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		s.elem = shapeOf(t.Elem())
	case t.Kind() == reflect.Struct && t != timeType:
		s.byName = map[string]*shape{}
		for i := range t.NumField() {
			name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			id := t.Name() + "." + name
			s.fields = append(s.fields, shapeField{name: name, index: i, shape: shapeOf(t.Field(i).Type),
				key: strconv.Quote(name) + ":", omitted: options == "omitzero", most: elementsOf(name), named: slices.Contains(nameFields, name), enum: enums[id], sign: slices.Contains(signedFields, id)})
			s.byName[name] = s.fields[i].shape
		}
	}
	return s
}

// checkRecord holds a record against the bounds of the format. Values that a newer minor may have added go to note.
func checkRecord(record Record, limits Limits, note func(field, remark string)) *Error {
	v := reflect.ValueOf(record)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	kind := record.RecordKind()
	c := checker{limits: limits, note: note, kind: kind}
	if bad := c.check(v, codecs[kind].shape, plain); bad != nil {
		return bad.within(string(kind))
	}
	return nil
}

type checker struct {
	limits Limits
	note   func(field, remark string)
	kind   Kind
}

func (c *checker) check(v reflect.Value, s *shape, f *shapeField) *Error {
	switch v.Kind() {
	case reflect.Struct:
		if s.fields == nil {
			return checkTime(v)
		}
		for i := range s.fields {
			field := &s.fields[i]
			if bad := c.check(v.Field(field.index), field.shape, field); bad != nil {
				return bad.within(field.name)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return c.check(v.Elem(), s.elem, f)
		}
	case reflect.Slice:
		if bound := f.most; v.Len() > bound {
			return &Error{Reason: fmt.Sprintf("%d elements are beyond the bound of %d", v.Len(), bound), Kind: ErrOutOfBounds}
		}
		for i := range v.Len() {
			if bad := c.check(v.Index(i), s.elem, plain); bad != nil {
				return bad.within(fmt.Sprintf("[%d]", i))
			}
		}
	case reflect.Map:
		return c.checkMap(v, s)
	case reflect.String:
		return c.checkString(v.String(), f)
	case reflect.Int, reflect.Int32, reflect.Int64:
		return checkInteger(v.Int(), f)
	}
	return nil
}

// elementsOf is the bound of a list.
func elementsOf(name string) int {
	switch {
	case name == "containers":
		return MaxOfPod
	case name == "cidrs" || strings.HasSuffix(name, "Cidrs"):
		return MaxRanges
	}
	return MaxElements
}

func (c *checker) checkMap(v reflect.Value, s *shape) *Error {
	for entries := v.MapRange(); entries.Next(); {
		key := entries.Key().String()
		if len(key) > MaxNameBytes {
			return &Error{Reason: fmt.Sprintf("a key of %d bytes is beyond the bound of %d", len(key), MaxNameBytes), Kind: ErrOutOfBounds}
		}
		if bad := c.check(entries.Value(), s.elem, plain); bad != nil {
			return bad.within(key)
		}
	}
	return nil
}

func (c *checker) checkString(text string, f *shapeField) *Error {
	bound := c.limits.StringBytes
	if f.named {
		bound = MaxNameBytes
	}
	if len(text) > bound {
		return &Error{Reason: fmt.Sprintf("%d bytes are beyond the bound of %d", len(text), bound), Kind: ErrOutOfBounds}
	}
	if f.enum != nil && c.note != nil && !slices.Contains(f.enum, text) {
		c.note(string(c.kind)+"."+f.name, "unknown value "+quote(text))
	}
	return nil
}

func checkInteger(n int64, f *shapeField) *Error {
	switch {
	case n < 0 && !f.sign:
		return &Error{Reason: fmt.Sprintf("want 0 or more, got %d", n), Kind: ErrOutOfBounds}
	case n > MaxInteger || n < -MaxInteger:
		return &Error{Reason: fmt.Sprintf("want at most %d, got %d", int64(MaxInteger), n), Kind: ErrOutOfBounds}
	}
	return nil
}

func checkTime(v reflect.Value) *Error {
	t, ok := v.Interface().(time.Time)
	if !ok || t.Year() >= MinYear && t.Year() <= MaxYear {
		return nil
	}
	return &Error{Reason: fmt.Sprintf("want a time between %d and %d, got %s", MinYear, MaxYear, t.Format(time.RFC3339)), Kind: ErrOutOfBounds}
}

// Check holds a record against the bounds of the format with default limits, as a Writer does. Its error is an *Error.
func Check(record Record) error {
	if bad := checkRecord(record, DefaultLimits(), nil); bad != nil {
		return bad
	}
	return nil
}
