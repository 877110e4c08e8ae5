package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"plimsoll/assessments/snapshot"
)

// containersOf gives a pod's containers in the order init, regular, each as written. A restartable init container is a sidecar.
func containersOf(spec *PodSpec) []snapshot.Container {
	out := make([]snapshot.Container, 0, len(spec.Containers)+len(spec.InitContainers))
	for i := range spec.InitContainers {
		role := snapshot.RoleInit
		if spec.InitContainers[i].RestartPolicy == "Always" {
			role = snapshot.RoleSidecar
		}
		out = append(out, containerRecord(&spec.InitContainers[i], role))
	}
	for i := range spec.Containers {
		out = append(out, containerRecord(&spec.Containers[i], snapshot.RoleRegular))
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func containerRecord(c *Container, role snapshot.Role) snapshot.Container {
	record := snapshot.Container{
		Name: c.Name, Role: role, Line: c.Line, Image: withoutCredentials(c.Image), PullPolicy: c.PullPolicy,
		Liveness: probeRecord(c.LivenessProbe), Readiness: probeRecord(c.ReadinessProbe), Startup: probeRecord(c.StartupProbe),
		PreStop: preStopRecord(c.Lifecycle), EnvironmentNames: variableNames(c.Environment), EnvironmentFrom: len(c.EnvironmentOf), Runtime: runtimeOf(c),
	}
	for _, p := range c.Ports {
		record.Ports = append(record.Ports, snapshot.Port{Name: p.Name, Number: portNumber(p.Number), Protocol: orDefault(p.Protocol, "TCP")})
	}
	setResources(&record, &c.Resources)
	return record
}

func portNumber(n Int) int { return int(min(max(n.Value, 0), 65535)) }

// setResources copies amounts. As the API server does, it puts a limit in place of a request that is missing.
func setResources(record *snapshot.Container, r *Resources) {
	amounts := []Quantity{r.Requests.CPU, r.Limits.CPU, r.Requests.Memory, r.Limits.Memory}
	record.ResourcesUnreadable = slices.ContainsFunc(amounts, Quantity.Unreadable)
	record.CPULimitMillicores = amountPointer(r.Limits.CPU, Quantity.Millis)
	record.MemoryLimitBytes = amountPointer(r.Limits.Memory, Quantity.Units)
	record.CPURequestMillicores = amountPointer(r.Requests.CPU, Quantity.Millis)
	record.MemoryRequestBytes = amountPointer(r.Requests.Memory, Quantity.Units)
	if !r.Requests.CPU.IsSet() {
		record.CPURequestMillicores = record.CPULimitMillicores
	}
	if !r.Requests.Memory.IsSet() {
		record.MemoryRequestBytes = record.MemoryLimitBytes
	}
}

// amountPointer is nil where no readable amount is given, or one that no machine has.
func amountPointer(q Quantity, in func(Quantity) int64) *int64 {
	if n := in(q); q.IsSet() && !q.Unreadable() && n >= 0 && n <= maxInt {
		return &n
	}
	return nil
}

func variableNames(variables []Variable) []string {
	var names []string
	for _, v := range variables {
		if len(v.Name) <= maxCopied {
			names = append(names, v.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// probeRecord applies the API's defaults. A probe without a handler is none.
func probeRecord(p *Probe) *snapshot.Probe {
	if p == nil {
		return nil
	}
	out := &snapshot.Probe{
		InitialDelaySeconds: seconds(p.InitialDelay, 0), PeriodSeconds: seconds(p.Period, 10), TimeoutSeconds: seconds(p.Timeout, 1),
		FailureThreshold: seconds(p.FailureThreshold, 3), SuccessThreshold: seconds(p.SuccessThreshold, 1),
	}
	for _, figure := range []Int{p.InitialDelay, p.Period, p.Timeout, p.FailureThreshold, p.SuccessThreshold} {
		out.Unreadable = out.Unreadable || figure.Unreadable
	}
	switch {
	case p.HTTPGet != nil:
		path, query, _ := strings.Cut(p.HTTPGet.Path, "?")
		out.Handler, out.Path, out.Port = "httpGet", orDefault(path, "/"), p.HTTPGet.Port.Text
		rest := []string{query, p.HTTPGet.Host}
		if scheme := strings.ToUpper(p.HTTPGet.Scheme); scheme != "" && scheme != "HTTP" {
			rest = append(rest, scheme)
		}
		for _, h := range p.HTTPGet.Headers {
			rest = append(rest, h.Name, h.Value)
		}
		out.CommandDigest = digest(rest)
	case p.TCPSocket != nil:
		out.Handler, out.Port, out.CommandDigest = "tcpSocket", p.TCPSocket.Port.Text, digest([]string{p.TCPSocket.Host})
	case p.Exec != nil:
		out.Handler, out.CommandDigest = "exec", digest(p.Exec.Command)
	case p.GRPC != nil:
		out.Handler, out.Port, out.CommandDigest = "grpc", p.GRPC.Port.Text, digest([]string{p.GRPC.Service})
	default:
		return nil
	}
	return out
}

// seconds applies a default to what is absent or 0, as the API server does.
func seconds(n Int, def int) int {
	if n.Value <= 0 && !n.Unreadable {
		return def
	}
	return int(n.Value)
}

// digestHex is how much of a digest is kept: enough to tell two probes of one container apart, too little to confirm a guess at
// a secret in the command.
const digestHex = 8

// digest is empty where there is nothing to tell.
func digest(parts []string) string {
	if !slices.ContainsFunc(parts, func(s string) bool { return s != "" }) {
		return ""
	}
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(h.Sum(nil))[:digestHex]
}

func preStopRecord(l *Lifecycle) *snapshot.PreStop {
	if l == nil || l.PreStop == nil {
		return nil
	}
	switch hook := l.PreStop; {
	case hook.Sleep != nil:
		out := &snapshot.PreStop{Handler: "sleep"}
		if n := hook.Sleep.Seconds; n.Set && n.Value >= 0 {
			out.SleepSeconds = new(n.Value)
		}
		return out
	case hook.Exec != nil:
		return &snapshot.PreStop{Handler: "exec", SleepSeconds: sleepSeconds(hook.Exec.Command)}
	case bool(hook.HTTPGet):
		return &snapshot.PreStop{Handler: "httpGet"}
	case bool(hook.TCPSocket):
		return &snapshot.PreStop{Handler: "tcpSocket"}
	}
	return nil
}

// sleepSeconds finds `sleep 10` in a command; nil where there is none, or one that is no plain figure.
func sleepSeconds(command []string) *int64 {
	words := splitWords(strings.Join(command, " "))
	for i, word := range words[:max(0, len(words)-1)] {
		if word != "sleep" && !strings.HasSuffix(word, "/sleep") {
			continue
		}
		figure := words[i+1]
		factor := int64(1)
		if strings.HasSuffix(figure, "m") {
			factor = 60
		}
		n, err := strconv.ParseInt(strings.TrimRight(figure, "sm"), 10, 32)
		if err != nil || n < 0 {
			return nil
		}
		return new(n * factor)
	}
	return nil
}

// withoutCredentials takes a user and password off an image reference, where somebody wrote them.
func withoutCredentials(image string) string {
	scheme, rest := "", image
	if before, after, ok := strings.Cut(image, "://"); ok {
		scheme, rest = before+"://", after
	}
	host, path, hasPath := strings.Cut(rest, "/")
	at := strings.LastIndex(host, "@")
	if at < 0 || !hasPath && strings.HasPrefix(host[at+1:], "sha") {
		return image
	}
	if !hasPath {
		return scheme + host[at+1:]
	}
	return scheme + host[at+1:] + "/" + path
}

func orDefault(text, def string) string {
	if text == "" {
		return def
	}
	return text
}
