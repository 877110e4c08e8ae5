package custom

import (
	"fmt"
	"reflect"
	"strings"
)

// Field is one field of an object, as the page shows it.
type Field struct{ Name, Type, Doc string }

// Object is one type that expressions meet.
type Object struct {
	Name   string
	Fields []Field
}

// objects are all types that expressions meet, made from the types themselves.
func objects() []Object {
	var all []Object
	for _, t := range []reflect.Type{
		reflect.TypeFor[Container](), reflect.TypeFor[Workload](), reflect.TypeFor[Service](), reflect.TypeFor[Node](), reflect.TypeFor[Namespace](),
		reflect.TypeFor[Cluster](), reflect.TypeFor[Probe](), reflect.TypeFor[Port](), reflect.TypeFor[Java](), reflect.TypeFor[Volume](),
	} {
		o := Object{Name: t.Name()}
		for i := range t.NumField() {
			f := t.Field(i)
			o.Fields = append(o.Fields, Field{f.Tag.Get("cel"), typeName(f.Type), f.Tag.Get("doc")})
		}
		all = append(all, o)
	}
	return all
}

func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.Slice:
		return "list(" + typeName(t.Elem()) + ")"
	case reflect.Map:
		return "map(" + typeName(t.Key()) + ", " + typeName(t.Elem()) + ")"
	case reflect.Int64:
		return "int"
	case reflect.Struct:
		return t.Name()
	}
	return t.Kind().String()
}

// Page is docs/custom-rules.md: how a file of rules is written, with the given example, and everything that expressions see.
func Page(example string) []byte {
	var b strings.Builder
	b.WriteString(pageHead)
	fmt.Fprintf(&b, "```yaml\n%s```\n\n", example)
	fmt.Fprintf(&b, pageBounds, MaxFileBytes>>20, MaxRules, MaxExpressionBytes, subjectCostLimit, clusterCostLimit)
	b.WriteString("## Variables\n\n| subject | variable | type | holds |\n| --- | --- | --- | --- |\n")
	for _, kind := range subjectKinds {
		for _, v := range variables[kind] {
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", kind, v.Name, v.Type, v.Doc)
		}
	}
	for _, o := range objects() {
		fmt.Fprintf(&b, "\n## %s\n\n| field | type | holds |\n| --- | --- | --- |\n", o.Name)
		for _, f := range o.Fields {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Name, f.Type, f.Doc)
		}
	}
	return []byte(b.String())
}

const pageHead = `# Rules of your own

<!-- Made by go generate from assessments/custom. Change it there. -->

A file of rules in YAML, with conditions in CEL (Common Expression Language, https://cel.dev), judges what Plimsoll read by what your
organization agreed on. Such rules never change a score: they have a section of their own, and their findings count for --fail-on.

    plimsoll rules test rules.yaml            runs the cases of every rule
    plimsoll score manifests/ --rules rules.yaml

For each subject, in this order: where ` + "`applies`" + ` is false, the rule is not applicable; where ` + "`unknown`" + ` is true, it can't be told; where
` + "`fails`" + ` is true, there is a finding; else it passes. An expression that can't be evaluated leaves the subject unknown, and says why. The
platform's own workloads (system namespaces) are left out unless the rule says ` + "`system: true`" + `, init containers unless it says
` + "`init: true`" + `.

| field | must | holds |
| --- | --- | --- |
| ` + "`id`" + ` | yes | custom/ and a name, for ever |
| ` + "`title`, `what`, `why`, `mend`" + ` | yes | text: what should hold, what is looked at, why it matters, how a finding is put right |
| ` + "`how`, `seen`, `doesNotCatch`, `sources`" + ` | | text: how it is decided, what a finding shows, what it does not catch, where it comes from (a list) |
| ` + "`severity`" + ` | yes | low, medium, high, critical |
| ` + "`effort`" + ` | | what mending takes: setting, change (the default), project |
| ` + "`subject`" + ` | yes | container, workload, service, node, namespace, cluster |
| ` + "`fails`" + ` | yes | condition |
| ` + "`applies`, `appliesReason`" + ` | | condition, and why where it is false |
| ` + "`unknown`, `unknownReason`" + ` | | condition, and why where it is true; the reason must be there |
| ` + "`message`, `expected`" + ` | yes | text of the finding |
| ` + "`evidence`" + ` | yes | list of what (text) and value (an expression of any type) |
| ` + "`cases`, `unreachable`" + ` | for rules test | as in Plimsoll's own rules: name, outcome, records of a snapshot, and every outcome that is wanted. Each outcome has a case, or a reason under unreachable |

`

const pageBounds = `A file has at most %d MiB and %d rules, an expression at most %d bytes. Before a rule is accepted, the greatest cost of each expression is
estimated, and it is limited while it runs: %d for one subject, %d for the cluster. What goes beyond is refused, with the figure. Only CEL's
standard functions and macros are there (` + "`has`, `all`, `exists`, `exists_one`, `map`, `filter`, `size`, `startsWith`, `matches`" + ` and the like).

What was not collected reads as if it were not there. ` + "`unseen`" + ` names the resources that were not read whole: a rule that hangs on one of them
says so in ` + "`unknown`" + `, as the example does.

`
