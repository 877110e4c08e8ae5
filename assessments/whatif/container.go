package whatif

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

func (p *workloadPatch) containers(value any) error {
	return eachItem(value, func(item map[string]any) error {
		name, _ := item["name"].(string)
		i := slices.IndexFunc(p.workload.Containers, func(c snapshot.Container) bool { return c.Name == name })
		if i < 0 {
			return fmt.Errorf("container %q: the workload has none of this name", name)
		}
		if err := p.container(&p.workload.Containers[i], item); err != nil {
			return fmt.Errorf("container %s: %w", name, err)
		}
		return nil
	})
}

func (p *workloadPatch) container(c *snapshot.Container, item map[string]any) error {
	image := c.Image
	err := fields{
		"name": nil, "image": setText(&c.Image), "imagePullPolicy": setText(&c.PullPolicy),
		"resources":     func(value any) error { return p.resources(c, value) },
		"env":           func(value any) error { return p.environment(c, value) },
		"livenessProbe": setProbe(&c.Liveness), "readinessProbe": setProbe(&c.Readiness), "startupProbe": setProbe(&c.Startup),
		"lifecycle": func(value any) error { return setLifecycle(c, value) },
		"ports":     func(value any) error { return setPorts(c, value) },
		"command":   func(value any) error { return setWords(c, "command", value) },
		"args":      func(value any) error { return setWords(c, "args", value) },
	}.read(item)
	if c.Image != image {
		p.images = append(p.images, c.Name)
	}
	return err
}

// resources sets amounts. As the API server does, a limit stands in for a request that is missing. Where several mends of one run set
// the same amount, the greatest holds: each of them asks for at least its own.
func (p *workloadPatch) resources(c *snapshot.Container, value any) error {
	amount := func(into **int64, name string, read func(string) (int64, error)) func(any) error {
		key := strings.Join([]string{p.workload.Kind, p.workload.Namespace, p.workload.Name, p.workload.Place.File, c.Name, name}, "\x00")
		return func(value any) error {
			if value == nil {
				*into = nil
				return nil
			}
			n, err := read(fmt.Sprint(value))
			if err != nil {
				return err
			}
			if p.world.set[key] && *into != nil {
				n = max(n, **into)
			}
			p.world.pending.set = append(p.world.pending.set, key)
			*into = &n
			return nil
		}
	}
	c.ResourcesUnreadable = false
	err := fields{
		"requests": fields{
			"cpu": amount(&c.CPURequestMillicores, "cpu request", millicores), "memory": amount(&c.MemoryRequestBytes, "memory request", byteAmount),
		}.orNothing(func() { c.CPURequestMillicores, c.MemoryRequestBytes = nil, nil }),
		"limits": fields{
			"cpu": amount(&c.CPULimitMillicores, "cpu limit", millicores), "memory": amount(&c.MemoryLimitBytes, "memory limit", byteAmount),
		}.orNothing(func() { c.CPULimitMillicores, c.MemoryLimitBytes = nil, nil }),
	}.read(value)
	if c.CPURequestMillicores == nil {
		c.CPURequestMillicores = copied(c.CPULimitMillicores)
	}
	if c.MemoryRequestBytes == nil {
		c.MemoryRequestBytes = copied(c.MemoryLimitBytes)
	}
	return err
}

// orNothing reads a mapping, or takes the whole of it away.
func (f fields) orNothing(away func()) func(any) error {
	return func(value any) error {
		if value == nil {
			away()
			return nil
		}
		return f.read(value)
	}
}

// environment sets variables. Of those that a JVM or a start script reads, the options count; where several mends of one run set the
// same variable, their options stand together.
func (p *workloadPatch) environment(c *snapshot.Container, value any) error {
	return eachItem(value, func(item map[string]any) error {
		name, _ := item["name"].(string)
		if name == "" {
			return errors.New("a variable without a name")
		}
		if item["$patch"] == "delete" {
			c.EnvironmentNames = slices.DeleteFunc(c.EnvironmentNames, func(n string) bool { return n == name })
			setOption(c, name, nil)
			return nil
		}
		text, ok := item["value"].(string)
		if !ok || len(item) != 2 {
			return fmt.Errorf("variable %s: only a plain value is carried out here", name)
		}
		if !slices.Contains(c.EnvironmentNames, name) {
			c.EnvironmentNames = append(c.EnvironmentNames, name)
			slices.Sort(c.EnvironmentNames)
		}
		if _, _, known := reference.JavaVariableOf(name); !known {
			return nil
		}
		key := strings.Join([]string{p.workload.Kind, p.workload.Namespace, p.workload.Name, p.workload.Place.File, c.Name, "variable " + name}, "\x00")
		flags := options(strings.Fields(text))
		if p.world.set[key] {
			flags = joined(optionsOf(c, name), flags)
		}
		p.world.pending.set = append(p.world.pending.set, key)
		setOption(c, name, flags)
		return nil
	})
}

func joined(known, more []string) []string {
	all := slices.Clone(known)
	for _, flag := range more {
		if !slices.Contains(all, flag) {
			all = append(all, flag)
		}
	}
	return all
}

// options are the words that a runtime takes for options.
func options(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !strings.HasPrefix(word, "-") })
}

func optionsOf(c *snapshot.Container, source string) []string {
	if c.Runtime == nil {
		return nil
	}
	for _, o := range c.Runtime.Options {
		if o.Source == source {
			return o.Flags
		}
	}
	return nil
}

// setOption sets what one source tells the runtime; nothing takes the source away.
func setOption(c *snapshot.Container, source string, flags []string) {
	if c.Runtime == nil {
		c.Runtime = &snapshot.Runtime{}
	}
	r := c.Runtime
	r.Options = slices.DeleteFunc(r.Options, func(o snapshot.RuntimeOption) bool { return o.Source == source })
	if flags != nil {
		r.Options = append(r.Options, snapshot.RuntimeOption{Source: source, Flags: flags})
	}
}

// setWords sets command or arguments: their options count, what they start stays as it is known.
func setWords(c *snapshot.Container, source string, value any) error {
	list, ok := value.([]any)
	if !ok {
		return fmt.Errorf("want a list of words, got %T", value)
	}
	var flags []string
	for _, one := range list {
		word, ok := one.(string)
		if !ok {
			return fmt.Errorf("want text, got %T", one)
		}
		flags = append(flags, options(strings.Fields(word))...)
	}
	setOption(c, source, flags)
	return nil
}

func setPorts(c *snapshot.Container, value any) error {
	return eachItem(value, func(item map[string]any) error {
		port := snapshot.Port{Protocol: "TCP"}
		err := fields{"name": setText(&port.Name), "containerPort": setInt(&port.Number, 0), "protocol": setText(&port.Protocol)}.read(item)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(c.Ports, func(p snapshot.Port) bool {
			return p.Number == port.Number && orDefault(p.Protocol, "TCP") == port.Protocol
		})
		if i < 0 {
			c.Ports = append(c.Ports, port)
		} else if port.Name != "" {
			c.Ports[i].Name = port.Name
		}
		return nil
	})
}

func setLifecycle(c *snapshot.Container, value any) error {
	return fields{"preStop": func(value any) error {
		if value == nil {
			c.PreStop = nil
			return nil
		}
		hook := &snapshot.PreStop{}
		err := fields{
			"sleep": func(value any) error {
				hook.Handler = "sleep"
				return fields{"seconds": setInt64Pointer(&hook.SleepSeconds)}.read(value)
			},
			"exec": func(value any) error {
				hook.Handler = "exec"
				return fields{"command": func(value any) error { hook.SleepSeconds = sleepOf(value); return nil }}.read(value)
			},
		}.read(value)
		c.PreStop = hook
		return err
	}}.read(value)
}

// sleepOf finds `sleep 10` in a command.
func sleepOf(value any) *int64 {
	words := strings.Fields(strings.Trim(fmt.Sprint(value), "[]"))
	for i := 0; i+1 < len(words); i++ {
		if seconds, err := strconv.ParseInt(words[i+1], 10, 32); strings.HasSuffix(words[i], "sleep") && err == nil {
			return &seconds
		}
	}
	return nil
}

// setProbe merges a probe into what is there, with the API's defaults for a new one. A handler of another kind takes the place of the
// present one.
func setProbe(into **snapshot.Probe) func(any) error {
	return func(value any) error {
		if value == nil {
			*into = nil
			return nil
		}
		probe := *into
		if probe == nil {
			probe = &snapshot.Probe{PeriodSeconds: 10, TimeoutSeconds: 1, FailureThreshold: 3, SuccessThreshold: 1}
		}
		probe.Unreadable = false
		err := fields{
			"initialDelaySeconds": setInt(&probe.InitialDelaySeconds, 0), "periodSeconds": setInt(&probe.PeriodSeconds, 10),
			"timeoutSeconds": setInt(&probe.TimeoutSeconds, 1), "failureThreshold": setInt(&probe.FailureThreshold, 3),
			"successThreshold": setInt(&probe.SuccessThreshold, 1), "terminationGracePeriodSeconds": nil,
			"httpGet": handler(probe, "httpGet"), "tcpSocket": handler(probe, "tcpSocket"), "grpc": handler(probe, "grpc"), "exec": handler(probe, "exec"),
		}.read(value)
		if err == nil && probe.Handler == "" {
			return errors.New("a probe that asks nothing")
		}
		*into = probe
		return err
	}
}

// handler sets what a probe asks. What tells a command or a scheme apart is kept by a digest in the snapshot: one that a patch writes is
// told from every other by its own words.
func handler(probe *snapshot.Probe, kind string) func(any) error {
	return func(value any) error {
		if value == nil {
			if probe.Handler == kind {
				probe.Handler, probe.Path, probe.Port, probe.CommandDigest = "", "", "", ""
			}
			return nil
		}
		if probe.Handler != kind {
			probe.Handler, probe.Path, probe.Port, probe.CommandDigest = kind, "", "", ""
			if kind == "httpGet" {
				probe.Path = "/"
			}
		}
		other := func(value any) error { probe.CommandDigest = "patched " + fmt.Sprint(value); return nil }
		return fields{
			"path": setText(&probe.Path), "port": setText(&probe.Port), "command": other, "service": other, "scheme": other, "host": other, "httpHeaders": other,
		}.read(value)
	}
}
