package cluster

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"plimsoll/collectors/allow"
)

// Rule is one rule of a role, as narrow as what the collector asks for.
type Rule struct {
	Group     string
	Resources []string
	Names     []string // only these objects; empty: all
	URLs      []string // of no resource
	Verbs     []string
	Why       string
}

// Grant is one role: for the whole cluster, or for one namespace.
type Grant struct {
	Namespace string // empty: a ClusterRole
	Rules     []Rule
}

// Rights are the roles that a collection with these options needs, and nothing beyond.
func Rights(o Options) (grants []Grant) {
	o.Namespaces = slices.Compact(slices.Sorted(slices.Values(o.Namespaces)))
	urls, identity := urlRule(o), namedRule(identity)
	if o.NodeMetrics != "" {
		defer func() { grants = withNodeMetrics(grants, o.NodeMetrics) }()
	}
	if len(o.Namespaces) == 0 {
		rules := append([]Rule{urls, identity, namedRule(configuration)}, listRules(o)...)
		return []Grant{{Rules: rules}}
	}
	grants = []Grant{{Rules: []Rule{urls, identity}}}
	for _, namespace := range o.Namespaces {
		rules := listRules(o)
		if namespace == configuration.Namespace {
			rules = append([]Rule{namedRule(configuration)}, rules...)
		}
		grants = append(grants, Grant{Namespace: namespace, Rules: rules})
	}
	return grants
}

// urlRule is for the server's own answers.
func urlRule(o Options) Rule {
	paths := []string{versionPath, groupsPath}
	if o.APIMetrics {
		paths = append(paths, metricsPath)
	}
	rule := Rule{URLs: paths, Verbs: []string{"get"}}
	for _, path := range paths {
		rule.Why += "\n" + path + ": " + allow.Path(path).For
	}
	rule.Why = rule.Why[1:]
	return rule
}

// namedRule is for objects that are read by their names.
func namedRule(k allow.Kind) Rule {
	return Rule{Group: k.Group, Resources: []string{k.Resource}, Names: k.Names, Verbs: []string{"get"}, Why: k.For}
}

// listRules group the kinds by API group.
func listRules(o Options) []Rule {
	byGroup := map[string]*Rule{}
	var order []*Rule
	for _, k := range listedKinds(o) {
		rule := byGroup[k.group]
		if rule == nil {
			rule = &Rule{Group: k.group, Verbs: []string{"list"}}
			if k.optional {
				rule.Why = "only where it is installed"
			}
			byGroup[k.group] = rule
			order = append(order, rule)
		}
		rule.Resources = append(rule.Resources, k.resource)
	}
	rules := make([]Rule, 0, len(order)+1)
	for _, rule := range order {
		rules = append(rules, *rule)
	}
	if !o.WithoutReleases {
		rules = append(rules, Rule{Resources: []string{secrets.resource, configMaps.resource}, Verbs: []string{"list"}, Why: o.whyReleases()})
	}
	return rules
}

// WriteRights prints the roles, their bindings and a service account to bind them to, as manifests.
func WriteRights(w io.Writer, o Options, accountNamespace string) error {
	var b strings.Builder
	account := cmp.Or(accountNamespace, "plimsoll")
	b.WriteString("# What plimsoll-collect asks for, and nothing beyond: get and list.\n")
	fmt.Fprintf(&b, "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: plimsoll-collect\n  namespace: %s\n", account)
	for _, grant := range Rights(o) {
		writeGrant(&b, grant, account)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeGrant(b *strings.Builder, grant Grant, account string) {
	role := "ClusterRole"
	metadata := "metadata:\n  name: plimsoll-collect\n"
	if grant.Namespace != "" {
		role = "Role"
		metadata += "  namespace: " + grant.Namespace + "\n"
	}
	fmt.Fprintf(b, "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: %s\n%srules:\n", role, metadata)
	for _, rule := range grant.Rules {
		writeRule(b, rule)
	}
	fmt.Fprintf(b, "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: %sBinding\n%s", role, metadata)
	fmt.Fprintf(b, "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: %s\n  name: plimsoll-collect\n", role)
	fmt.Fprintf(b, "subjects:\n  - kind: ServiceAccount\n    name: plimsoll-collect\n    namespace: %s\n", account)
}

func writeRule(b *strings.Builder, rule Rule) {
	if rule.Why != "" {
		b.WriteString("  # " + strings.ReplaceAll(rule.Why, "\n", "\n  # ") + "\n")
	}
	list := func(values []string) string {
		quoted := make([]string, len(values))
		for i, value := range values {
			quoted[i] = fmt.Sprintf("%q", value)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	if len(rule.URLs) > 0 {
		fmt.Fprintf(b, "  - nonResourceURLs: %s\n    verbs: %s\n", list(rule.URLs), list(rule.Verbs))
		return
	}
	fmt.Fprintf(b, "  - apiGroups: %s\n    resources: %s\n", list([]string{rule.Group}), list(rule.Resources))
	if len(rule.Names) > 0 {
		fmt.Fprintf(b, "    resourceNames: %s\n", list(rule.Names))
	}
	fmt.Fprintf(b, "    verbs: %s\n", list(rule.Verbs))
}
