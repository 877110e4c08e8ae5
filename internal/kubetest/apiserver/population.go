package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
)

// population is a large cluster that is there before the server starts. Its objects go into the store in the encoding in which
// the server keeps them: writing two hundred thousand of them through the server would take an hour. What the server would refuse
// it is not asked about, so that this is for measuring alone.
type population struct {
	nodes, namespaces, workloads, pods int
}

func (p *population) register(set *flag.FlagSet) {
	set.IntVar(&p.nodes, "nodes", 0, "begin with so many nodes")
	set.IntVar(&p.namespaces, "namespaces", 0, "begin with so many namespaces")
	set.IntVar(&p.workloads, "workloads", 0, "begin with so many Deployments, each with a ReplicaSet, a Service and its EndpointSlice")
	set.IntVar(&p.pods, "pods", 0, "begin with so many pods, spread over the workloads")
}

func (p population) empty() bool { return p == population{} }

const (
	storeWriters = 4
	storeBatch   = 100 // of one transaction; etcd takes 128
	dialTimeout  = 10 * time.Second
)

// store writes the population to the endpoint's store.
func (p population) store(ctx context.Context, endpoint string) error {
	if p.workloads > 0 && p.namespaces == 0 || p.pods > 0 && (p.workloads == 0 || p.nodes == 0) {
		return fmt.Errorf("population: workloads need namespaces, pods need workloads and nodes")
	}
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: dialTimeout})
	if err != nil {
		return fmt.Errorf("population: %w", err)
	}
	defer client.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	batches := make(chan []clientv3.Op, storeWriters)
	var writers sync.WaitGroup
	for range storeWriters {
		writers.Go(func() {
			for batch := range batches {
				if _, err := client.Txn(ctx).Then(batch...).Commit(); err != nil {
					cancel(fmt.Errorf("population: %w", err))
					return
				}
			}
		})
	}
	err = p.write(ctx, batches)
	close(batches)
	writers.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (p population) write(ctx context.Context, batches chan<- []clientv3.Op) error {
	serializer := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)
	var batch []clientv3.Op
	flush := func() error {
		select {
		case batches <- batch:
			batch = nil
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := p.each(func(key string, object runtime.Object) error {
		var encoded bytes.Buffer
		if err := serializer.Encode(object, &encoded); err != nil {
			return fmt.Errorf("population: encode %s: %w", key, err)
		}
		if batch = append(batch, clientv3.OpPut("/registry/"+key, encoded.String())); len(batch) == storeBatch {
			return flush()
		}
		return nil
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	return err
}

// each gives every object with its key below the store's root.
func (p population) each(put func(key string, object runtime.Object) error) error {
	for i := range p.namespaces {
		n := namespace(i)
		if err := put("namespaces/"+n.Name, n); err != nil {
			return err
		}
	}
	for i := range p.nodes {
		n := node(i)
		if err := put("minions/"+n.Name, n); err != nil {
			return err
		}
	}
	for i := range p.workloads {
		if err := p.workload(i, put); err != nil {
			return err
		}
	}
	return nil
}

// workload gives one Deployment with everything below and before it.
func (p population) workload(i int, put func(string, runtime.Object) error) error {
	space, name := namespaceName(i%p.namespaces), fmt.Sprintf("app-%05d", i)
	from, to := i*p.pods/p.workloads, (i+1)*p.pods/p.workloads
	deployment := deploymentOf(space, name, i, to-from)
	set, service := replicaSetOf(deployment, i), serviceOf(space, name, i)
	all := make([]*corev1.Pod, 0, to-from)
	for k := from; k < to; k++ {
		pod := podOf(set, k, k%p.nodes)
		all = append(all, pod)
		if err := put("pods/"+space+"/"+pod.Name, pod); err != nil {
			return err
		}
	}
	slice := sliceOf(service, all, i)
	for _, o := range []struct {
		key    string
		object runtime.Object
	}{
		{"deployments/" + space + "/" + name, deployment},
		{"replicasets/" + space + "/" + set.Name, set},
		{"services/specs/" + space + "/" + name, service},
		{"ipaddresses/" + serviceAddress(i), addressOf(space, name, i)},
		{"endpointslices/" + space + "/" + slice.Name, slice},
	} {
		if err := put(o.key, o.object); err != nil {
			return err
		}
	}
	return nil
}
