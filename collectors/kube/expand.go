package kube

import "strings"

// maxExpanded bounds a text after its references were replaced: references to references grow fast.
const maxExpanded = 32 << 10

// maxGrowth bounds by how much the replaced references of one container's variables make them longer, all together.
const maxGrowth = 1 << 20

// literalVariables are the variables whose value is written out, after references to earlier ones were replaced.
func literalVariables(variables []Variable) map[string]string {
	literals := make(map[string]string, len(variables))
	room := maxGrowth
	for _, v := range variables {
		if bool(v.From) || v.Name == "" {
			delete(literals, v.Name)
			continue
		}
		value := expand(v.Value, literals, true)
		if room -= max(len(value)-len(v.Value), 0); room < 0 {
			value = v.Value
		}
		literals[v.Name] = value
	}
	return literals
}

// expand replaces references by literal values: $(NAME), which Kubernetes itself replaces, and unless kubernetesOnly also $NAME and
// ${NAME}, which a shell would. A reference to anything else stays as it is.
func expand(text string, literals map[string]string, kubernetesOnly bool) string {
	if !strings.Contains(text, "$") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '$' {
			b.WriteByte(text[i])
			i++
			continue
		}
		name, end, shell := referenceAt(text, i)
		value, ok := literals[name]
		if name == "" || !ok || shell && kubernetesOnly || b.Len()+len(value) > maxExpanded {
			b.WriteString(text[i:end])
		} else {
			b.WriteString(value)
		}
		i = end
	}
	return b.String()
}

// referenceAt reads the reference that begins at a dollar sign; end is behind it, or behind the sign where there is none.
func referenceAt(text string, i int) (name string, end int, shell bool) {
	rest := text[i+1:]
	if rest == "" {
		return "", i + 1, false
	}
	switch rest[0] {
	case '$': // an escaped sign
		return "", i + 2, false
	case '(', '{':
		closing := map[byte]string{'(': ")", '{': "}"}[rest[0]]
		if stop := strings.Index(rest, closing); stop > 0 {
			name, _, _ = strings.Cut(rest[1:stop], ":-")
			if isVariableName(name) {
				return name, i + 1 + stop + 1, rest[0] == '{'
			}
		}
		return "", i + 1, false
	}
	n := 0
	for n < len(rest) && isNameByte(rest[n]) {
		n++
	}
	return rest[:n], i + 1 + n, true
}

func isVariableName(name string) bool {
	for i := range len(name) {
		if !isNameByte(name[i]) && name[i] != '.' && name[i] != '-' {
			return false
		}
	}
	return name != ""
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// namedVariables are the documented variables that a text refers to.
func namedVariables(text string) []string {
	var names []string
	for i := strings.IndexByte(text, '$'); i >= 0 && i < len(text); {
		name, end, _ := referenceAt(text, i)
		if optionVariables()[name] || productVariables()[name] {
			names = append(names, name)
		}
		next := strings.IndexByte(text[end:], '$')
		if next < 0 {
			break
		}
		i = end + next
	}
	return names
}
