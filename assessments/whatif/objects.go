package whatif

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

func (w *world) editService(o object, original *snapshot.Service) error {
	r := edited(w, original, deepService)
	addresses := func(value any) error {
		if value == nil {
			r.ExternalAddresses = nil
			return nil
		}
		list, ok := value.([]any)
		if !ok || len(list) > 0 {
			return errors.New("which machine an address belongs to is not known here; only taking all away is carried out")
		}
		r.ExternalAddresses = nil
		return nil
	}
	kind := r.Type
	err := fields{"spec": fields{
		"type": setText(&r.Type), "externalTrafficPolicy": setText(&r.ExternalTrafficPolicy), "externalIPs": addresses,
		"publishNotReadyAddresses": setBool(&r.PublishNotReady), "loadBalancerClass": setText(&r.LoadBalancerClass),
		"internalTrafficPolicy": nil, "sessionAffinity": nil, "allocateLoadBalancerNodePorts": nil,
		"ports": func(value any) error {
			return eachItem(value, func(item map[string]any) error { return setServicePort(r, item) })
		},
		"loadBalancerSourceRanges": func(value any) error {
			list, _ := value.([]any)
			r.SourceRanges = len(list)
			return nil
		},
	}.read}.read(o.fields)
	if r.Type != kind && (r.Type == "ClusterIP" || r.Type == "NodePort") {
		r.LoadBalancerAddresses, r.LoadBalancerClass, r.LoadBalancerSign = 0, "", ""
		if r.Type == "ClusterIP" && len(r.ExternalAddresses) == 0 {
			r.ExternalTrafficPolicy = ""
		}
	}
	return err
}

// setServicePort merges one port by its number, as the API server does.
func setServicePort(r *snapshot.Service, item map[string]any) error {
	number, err := whole(item["port"])
	if err != nil {
		return fmt.Errorf("port: %w", err)
	}
	i := slices.IndexFunc(r.Ports, func(p snapshot.ServicePort) bool { return p.Port == number })
	if i < 0 {
		i = len(r.Ports)
		r.Ports = append(r.Ports, snapshot.ServicePort{Port: number, TargetPort: strconv.Itoa(number), Protocol: "TCP"})
	}
	p := &r.Ports[i]
	return fields{"port": nil, "name": setText(&p.Name), "targetPort": setText(&p.TargetPort), "protocol": setText(&p.Protocol)}.read(item)
}

func (w *world) editBudget(o object, original *snapshot.DisruptionBudget) error {
	r := edited(w, original, deepBudget)
	if err := (fields{"spec": budgetFields(r).read}).read(o.fields); err != nil {
		return err
	}
	settleBudget(r)
	return nil
}

func budgetFields(r *snapshot.DisruptionBudget) fields {
	return fields{"minAvailable": setText(&r.MinAvailable), "maxUnavailable": setText(&r.MaxUnavailable), "unhealthyPodEvictionPolicy": nil}
}

// createBudget adds a budget. It is for the workload that the finding is about: that its selector reaches just this one is the patch's
// promise, for the snapshot keeps no label to hold it against.
func (w *world) createBudget(o object, f assessments.Finding) error {
	r := &snapshot.DisruptionBudget{Namespace: o.key().Namespace, Name: o.name, Place: snapshot.Place{File: f.Source.File}}
	known := budgetFields(r)
	known["selector"] = nil
	if err := (fields{"spec": known.read}).read(o.fields); err != nil {
		return err
	}
	for _, of := range w.workloadsOf(f.Subject.Kind, f.Subject.Namespace, f.Subject.Name, f.Source.File) {
		r.Selects = append(r.Selects, snapshot.Ref{Kind: of.Kind, Namespace: of.Namespace, Name: of.Name, Place: of.Place})
		if of.Pods != nil {
			total, ready := of.Pods.Total, of.Pods.Ready
			r.ExpectedPods, r.HealthyPods = &total, &ready
		}
	}
	if len(r.Selects) == 0 {
		return fmt.Errorf("the finding is about no workload that the budget could cover")
	}
	settleBudget(r)
	w.pending.added = append(w.pending.added, r)
	return nil
}

// settleBudget works out the budget's status anew, as its controller would; without a status there is nothing to work out.
func settleBudget(r *snapshot.DisruptionBudget) {
	r.DesiredHealthy, r.DisruptionsAllowed = nil, nil
	if r.ExpectedPods == nil || r.HealthyPods == nil {
		return
	}
	desired, ok := 0, true
	switch {
	case r.MaxUnavailable != "":
		var n int
		n, ok = ofPods(r.MaxUnavailable, *r.ExpectedPods)
		desired = max(0, *r.ExpectedPods-n)
	case r.MinAvailable != "":
		desired, ok = ofPods(r.MinAvailable, *r.ExpectedPods)
	}
	if !ok {
		return
	}
	allowed := max(0, *r.HealthyPods-desired)
	r.DesiredHealthy, r.DisruptionsAllowed = &desired, &allowed
}

// ofPods is a number of pods, or a percentage of them rounded up.
func ofPods(text string, pods int) (int, bool) {
	percent, isPercent := strings.CutSuffix(text, "%")
	n, err := strconv.Atoi(percent)
	if err != nil || n < 0 {
		return 0, false
	}
	if isPercent {
		n = (n*pods + 99) / 100
	}
	return n, true
}

func (w *world) editAutoscaler(o object, original *snapshot.Autoscaler) error {
	r := edited(w, original, shallow)
	r.Unreadable = false
	least := setInt(&r.MinReplicas, 1)
	most := setInt(&r.MaxReplicas, r.MaxReplicas)
	err := fields{"spec": fields{
		"minReplicas": least, "maxReplicas": most, "minReplicaCount": least, "maxReplicaCount": most, "behavior": nil,
	}.read}.read(o.fields)
	if err != nil {
		return err
	}
	for _, of := range w.base.Workloads {
		if of.Autoscaler != original || of.Replicas == nil || *of.Replicas >= r.MinReplicas || *of.Replicas == 0 {
			continue
		}
		replicas, more := r.MinReplicas, r.MinReplicas-*of.Replicas
		edited(w, of.Workload, deepWorkload).Replicas = &replicas
		w.scale(of.Workload, more)
	}
	return nil
}

func (w *world) editCustomResource(o object, original *snapshot.CustomResource) error {
	r := edited(w, original, deepCustomResource)
	memory := func(into **int64) fields {
		return fields{"cpu": nil, "memory": func(value any) error {
			if value == nil {
				*into = nil
				return nil
			}
			n, err := byteAmount(fmt.Sprint(value))
			*into = &n
			return err
		}}
	}
	section := fields{
		"replicas": setIntPointer(&r.Replicas),
		"resources": fields{
			"limits": memory(&r.MemoryLimitBytes).read, "requests": memory(&r.MemoryRequestBytes).read,
		}.read,
		"jvmOptions": func(value any) error { return setJVMOptions(r, value) },
	}
	spec := section
	switch group, _, _ := strings.Cut(r.APIVersion, "/"); {
	case group == "platform.confluent.io":
		spec = fields{"podTemplate": section.read}
	case group == "druid.apache.org":
		spec = fields{"nodes": fields{r.Section: section.read}.read}
	case r.Section != "":
		// A patch of another section is about another record of the same object.
		spec = fields{"kafka": nil, "zookeeper": nil, "cruiseControl": nil, r.Section: section.read}
	}
	if err := (fields{"spec": spec.read}).read(o.fields); err != nil {
		return err
	}
	if r.MemoryRequestBytes == nil {
		r.MemoryRequestBytes = copied(r.MemoryLimitBytes)
	}
	return nil
}

// setJVMOptions merges Strimzi's jvmOptions: -Xmx and -Xms by name, the rest under -XX.
func setJVMOptions(r *snapshot.CustomResource, value any) error {
	const source = "jvmOptions"
	i := slices.IndexFunc(r.Options, func(o snapshot.RuntimeOption) bool { return o.Source == source })
	if i < 0 {
		i = len(r.Options)
		r.Options = append(r.Options, snapshot.RuntimeOption{Source: source})
	}
	set := func(prefix string) func(any) error {
		return func(value any) error {
			r.Options[i].Flags = slices.DeleteFunc(r.Options[i].Flags, func(flag string) bool { return strings.HasPrefix(flag, prefix) })
			if value != nil {
				r.Options[i].Flags = append(r.Options[i].Flags, prefix+fmt.Sprint(value))
			}
			return nil
		}
	}
	return fields{"-Xmx": set("-Xmx"), "-Xms": set("-Xms"), "-XX": func(value any) error {
		tree, ok := value.(map[string]any)
		if !ok {
			return fmt.Errorf("want a mapping, got %T", value)
		}
		for _, name := range slices.Sorted(maps.Keys(tree)) {
			if err := setFlag(&r.Options[i], name, tree[name]); err != nil {
				return err
			}
		}
		return nil
	}}.read(value)
}

// setFlag sets one -XX option as a command line would have it: a switch, or a name with a value.
func setFlag(o *snapshot.RuntimeOption, name string, value any) error {
	o.Flags = slices.DeleteFunc(o.Flags, func(flag string) bool {
		bare, _, _ := strings.Cut(strings.TrimLeft(strings.TrimPrefix(flag, "-XX:"), "+-"), "=")
		return strings.HasPrefix(flag, "-XX:") && bare == name
	})
	switch v := value.(type) {
	case nil:
	case bool:
		sign := map[bool]string{true: "+", false: "-"}[v]
		o.Flags = append(o.Flags, "-XX:"+sign+name)
	case string, int:
		o.Flags = append(o.Flags, fmt.Sprintf("-XX:%s=%v", name, v))
	default:
		return fmt.Errorf("%s: want a switch, a number or text, got %T", name, value)
	}
	return nil
}

func (w *world) editWebhook(o object, original *snapshot.Webhook) error {
	webhooks, ok := o.fields["webhooks"]
	if !ok || len(o.fields) != 1 {
		return errors.New("only webhooks of a configuration are patched here")
	}
	return eachItem(webhooks, func(item map[string]any) error {
		if item["name"] != original.Name {
			return nil
		}
		r := edited(w, original, shallow)
		return fields{
			"name": nil, "failurePolicy": setText(&r.FailurePolicy), "timeoutSeconds": setInt(&r.TimeoutSeconds, 10),
			"objectSelector": func(any) error { r.ObjectSelector = true; return nil },
			"namespaceSelector": func(value any) error {
				r.NamespaceSelector = true
				r.ExcludesSystem = r.ExcludesSystem || excludesSystem(value)
				return nil
			},
		}.read(item)
	})
}

// excludesSystem reports whether a namespace selector keeps kube-system out by its name.
func excludesSystem(value any) bool {
	selector, _ := value.(map[string]any)
	expressions, _ := selector["matchExpressions"].([]any)
	return slices.ContainsFunc(expressions, func(one any) bool {
		e, _ := one.(map[string]any)
		values, _ := e["values"].([]any)
		return e["key"] == "kubernetes.io/metadata.name" && e["operator"] == "NotIn" && slices.Contains(values, any("kube-system"))
	})
}

// createPolicy adds a NetworkPolicy, whatever it selects: that one stands there is what rules read.
func (w *world) createPolicy(o object) error {
	key := o.key()
	w.pending.added = append(w.pending.added, &snapshot.NetworkPolicy{Namespace: key.Namespace, Name: o.name, ObjectKind: o.kind})
	w.inNamespace(key.Namespace, func(n *snapshot.Namespace) {
		if n.NetworkPolicies != nil {
			more := *n.NetworkPolicies + 1
			n.NetworkPolicies = &more
		}
	})
	return nil
}

// createLimitRange gives the containers of a namespace default requests.
func (w *world) createLimitRange(o object) error {
	spec, _ := o.fields["spec"].(map[string]any)
	cpu, memory := false, false
	err := eachItem(spec["limits"], func(item map[string]any) error {
		for _, list := range []string{"default", "defaultRequest"} {
			amounts, _ := item[list].(map[string]any)
			cpu, memory = cpu || amounts["cpu"] != nil, memory || amounts["memory"] != nil
		}
		return nil
	})
	w.inNamespace(o.key().Namespace, func(n *snapshot.Namespace) {
		if cpu {
			n.LimitRangeHasCPU = &cpu
		}
		if memory {
			n.LimitRangeHasMemory = &memory
		}
	})
	return err
}

// inNamespace edits a namespace's record; where none was seen, there is nothing to keep.
func (w *world) inNamespace(name string, do func(*snapshot.Namespace)) {
	for _, r := range w.index()[facts.Key{Kind: "Namespace", Name: name}] {
		if n, ok := r.(*snapshot.Namespace); ok {
			do(edited(w, n, shallow))
		}
	}
}
