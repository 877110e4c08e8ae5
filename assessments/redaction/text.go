package redaction

import (
	"regexp"
	"strings"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/pseudonym"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// text replaces one text by its class. What is empty stays empty: whether something is named is no name.
func (r *Redactor) text(class Class, text string) string {
	if text == "" || class == Plain {
		return text
	}
	switch class {
	case Image:
		return r.image(text)
	case APIVersion:
		return r.apiVersion(text)
	case CRDName:
		resource, group, _ := strings.Cut(text, ".")
		return joined(r.name(Resource, resource), ".", r.name(Group, group))
	case ReleaseRef:
		namespace, name, _ := strings.Cut(text, "/")
		return joined(r.name(Namespace, namespace), "/", r.name(Release, name))
	case Resource:
		resource, part, _ := strings.Cut(text, "/")
		return joined(r.name(Resource, resource), "/", r.name(Resource, part))
	case URLPath:
		return r.urlPath(text)
	case File:
		return r.file(text)
	case Digest:
		return r.key.Digest("probe", text)
	case Detail:
		return r.detail(text)
	case chartLabel:
		return r.chart(text)
	case balancerSign:
		return r.balancerSign(text)
	case duration:
		return r.unless(lengthOfTime, text)
	case commit:
		return r.unless(commitID, text)
	case waivers:
		return r.waivers(text)
	case Variable:
		return r.unless(nothing, text)
	}
	return r.name(class, text)
}

// name replaces a name, but for one that the reference knows.
func (r *Redactor) name(class Class, name string) string {
	if known := knownNames[class]; known != nil && known(name) {
		return name
	}
	if facts.Placeholder(name) {
		return placeholder(r.key.Of(string(Text), name))
	}
	return r.key.Of(string(class), name)
}

// placeholder keeps what rules see of a template that was not rendered: that it is one.
func placeholder(word string) string { return "<" + word + ">" }

func joined(first, separator, second string) string {
	if second == "" {
		return first
	}
	return first + separator + second
}

var (
	lengthOfTime = regexp.MustCompile(`^ *[0-9.]{1,12}(?:(?:ns|us|ms|s|m|h)(?:[0-9.]{1,12}(?:ns|us|ms|s|m|h)){0,3})? *$`)
	commitID     = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
	nothing      = regexp.MustCompile(`^$`)
	ruleGlob     = regexp.MustCompile(`^(?:\*|(?:\*|lifecycle|delivery|jvm|probes|networking)/[a-z0-9*?-]{1,60})$`)
	coreVersion  = regexp.MustCompile(`^v[0-9]{1,2}(?:(?:alpha|beta)[0-9]{1,2})?$`)
)

// unless lets a text through that has the form it should have.
func (r *Redactor) unless(form *regexp.Regexp, text string) string {
	if form.MatchString(text) {
		return text
	}
	return r.key.Of(string(Text), text)
}

func (r *Redactor) apiVersion(text string) string {
	group, version, grouped := strings.Cut(text, "/")
	if !grouped {
		return r.unless(coreVersion, text)
	}
	return r.name(Group, group) + "/" + version
}

// chart replaces the name in a chart's label and leaves its version, as facts take the two apart.
func (r *Redactor) chart(label string) string {
	name, version := facts.SplitChart(label)
	if version == "" {
		return r.name(App, label)
	}
	return r.name(App, name) + label[len(name):]
}

// balancerSign keeps what is documented: a key with one of its values. A class is anybody's word.
func (r *Redactor) balancerSign(text string) string {
	if class, isClass := strings.CutPrefix(text, balancerClassKey); isClass {
		return balancerClassKey + r.name(Balancer, class)
	}
	if domain, _, keyed := strings.Cut(text, "/"); keyed && isOfEcosystem(domain) {
		return text
	}
	return r.name(Balancer, text)
}

const balancerClassKey = "loadBalancerClass="

// urlPath replaces the parts of a path that are no common word of health checks. The end by which the reference knows a framework's path stays.
func (r *Redactor) urlPath(text string) string {
	kept := ""
	if row, known := reference.DeepPathOf(text); known {
		trimmed := strings.TrimSuffix(text, "/")
		at := len(trimmed) - len(row.Path)
		text, kept = text[:at], text[at:]
	}
	parts := strings.Split(text, "/")
	for i, part := range parts {
		parts[i] = r.name(URLPath, part)
	}
	return strings.Join(parts, "/") + kept
}

// file replaces the parts of a path that are no common name of a file or folder, and leaves what tells what kind of file it is.
func (r *Redactor) file(text string) string {
	parts := strings.Split(text, "/")
	for i, part := range parts {
		if knownFile(part) {
			continue
		}
		base, extension := part, ""
		if at := strings.LastIndexByte(part, '.'); at > 0 && knownExtensions[part[at:]] {
			base, extension = part[:at], part[at:]
		}
		parts[i] = r.name(File, base) + extension
	}
	return strings.Join(parts, "/")
}

// maxWaivers bounds what an annotation's waivers become: beyond it the whole is one text.
const maxWaivers = 8 << 10

// waivers replaces the reasons of waivers and leaves the rules that they speak of.
func (r *Redactor) waivers(text string) string {
	var out strings.Builder
	for entry := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == '\n' || c == ';' }) {
		rule, reason, _ := strings.Cut(entry, ":")
		rule, reason = strings.TrimSpace(rule), strings.TrimSpace(reason)
		if rule == "" && reason == "" {
			continue
		}
		if !ruleGlob.MatchString(rule) {
			rule = r.key.Of(string(Text), rule)
		}
		if out.Len() > 0 {
			out.WriteString("; ")
		}
		out.WriteString(rule)
		if reason != "" {
			out.WriteString(": " + r.key.Of(string(Text), reason))
		}
	}
	if out.Len() > maxWaivers {
		return r.key.Of(string(Text), text)
	}
	return out.String()
}

// plainDetails are the sentences of the collectors that hold nothing but their own words, names of Kubernetes' resources and figures.
var plainDetails = func() []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, sentence := range []string{
		`no right to list (RESOURCE|secrets and configmaps, where Helm keeps them)`,
		`no right to get (/metrics|kubeadm-config|kube-proxy|kube-proxy-config|cilium-config)`,
		`no right to get the namespace kube-system: the snapshot does not say which cluster it is of`,
		`no right to get the namespace kube-system: which cluster this is was said by --cluster-id`,
		`no right to get pods/proxy in the namespace`,
		`no pod of node-exporter with a port was seen in the namespace`,
		`[0-9]+ of [0-9]+ node-exporters did not tell: (the last answer was [0-9]{3}|the last one did not answer|its answer has no figures of connection tracking)`,
		`the server has no RESOURCE( in a version that is read)?`,
		`the API server answered [0-9]{3} (Forbidden|Expired|Gone|InternalError|Invalid|MethodNotAllowed|NotAcceptable|NotFound|ServiceUnavailable|Timeout|TooManyRequests|UnsupportedMediaType|[A-Z][a-z]+( [A-Z][a-z]+){0,3})`,
		`the answer broke off or is no text of metrics`,
		`left out by --no-releases`,
		`not asked for: the snapshot is of single namespaces`,
		`[0-9]+ events beyond the first [0-9]+ objects and reasons`,
		`[0-9]+ objects could not be decoded`,
		`[0-9]+ releases could not be decoded`,
		`more than [0-9]+ (charts: the rest is not read|tags: the rest is not looked at|changes of the chart: older ones are not read|YAML files: no pipelines are looked for in the rest)`,
		`more changes than a snapshot holds: the oldest are left out`,
		`the chart could not be read`,
	} {
		all = append(all, regexp.MustCompile("^(?:"+strings.ReplaceAll(sentence, "RESOURCE", resourcePattern)+")$"))
	}
	return all
}()

// resourcePattern are the resources that collectors ask for: all of snapshot.Resources, and those of the groups that are known.
var resourcePattern = func() string {
	var names []string
	for _, name := range snapshot.Resources {
		names = append(names, regexp.QuoteMeta(name))
	}
	groups := make([]string, len(ecosystem))
	for i, group := range ecosystem {
		groups[i] = regexp.QuoteMeta(group)
	}
	for kind := range knownKinds {
		names = append(names, regexp.QuoteMeta(reference.ResourceOf(kind)))
	}
	return "(?:" + strings.Join(names, "|") + `|[a-z0-9]{1,60}\.(?:[a-z0-9-]{1,40}\.){0,3}(?:` + strings.Join(groups, "|") + "))"
}()

func (r *Redactor) detail(text string) string {
	for _, sentence := range plainDetails {
		if sentence.MatchString(text) {
			return text
		}
	}
	return r.key.Of(pseudonym.Text, text)
}
