// Package kubetest gives tests a real Kubernetes API: kube-apiserver and etcd, built from source, on loopback. Validation,
// defaults, admission, RBAC, discovery and paging are the released server's own. Nothing else of a cluster runs: no controller
// makes pods of a Deployment, no scheduler places them, no kubelet reports on them. A test writes all of these itself, with
// their status, by Server.Apply.
//
// The first use on a machine builds the server, which takes minutes; `go run ./internal/kubetest/build` does that ahead of the
// tests. Whatever is missing for it fails the test.
package kubetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"plimsoll/internal/kubetest/binary"
)

// settleTimeout bounds the wait for what a new server creates by itself after it calls itself ready.
const settleTimeout = time.Minute

// Server is a running API server. Its fields are of a user who may do everything.
type Server struct {
	URL        string // https://127.0.0.1:<port>
	Kubeconfig string // path of a kubeconfig
	Token      string // bearer token
	CA         string // path of the PEM bundle that the server's certificate verifies against

	process *process
	api     *api

	mutex     sync.Mutex
	resources map[kind]resource
}

// Option changes how a server is started.
type Option func(*settings)

type settings struct{ arguments []string }

// AuditLog makes the server write each answered request to path, as JSON lines of audit.k8s.io/v1 Events at level Metadata:
// who asked for what, and no bodies. A request is in the file before its answer ends. The path must be absolute.
func AuditLog(path string) Option {
	return func(s *settings) { s.arguments = append(s.arguments, "-audit-log", path) }
}

// Population is a large cluster for measuring: each workload is a Deployment with a ReplicaSet, a Service and its EndpointSlice.
// The objects are in the store before the server starts, and were never validated.
type Population struct{ Nodes, Namespaces, Workloads, Pods int }

// Populated makes the server begin with a population.
func Populated(p Population) Option {
	return func(s *settings) {
		for flag, n := range map[string]int{"-nodes": p.Nodes, "-namespaces": p.Namespaces, "-workloads": p.Workloads, "-pods": p.Pods} {
			s.arguments = append(s.arguments, flag, strconv.Itoa(n))
		}
	}
}

// Launch starts a server for a program that is no test. Stop ends it.
func Launch(ctx context.Context, options ...Option) (*Server, error) { return start(ctx, options...) }

// Stop ends a server that Launch started.
func (s *Server) Stop() { s.process.stop() }

// Start starts a server of the test's own and stops it when the test ends. It takes about three seconds and 300 MB: tests that
// can live with each other's objects use Shared.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	server, err := start(t.Context(), options...)
	if err != nil {
		t.Fatalf("kubetest: %v", err)
	}
	t.Cleanup(server.process.stop)
	return server
}

var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Shared returns the one server of this test process, started by whoever asks first. It ends with the process, so that no
// TestMain is needed. Objects of one test are seen by the others: keep to namespaces of your own.
func Shared(t testing.TB) *Server {
	t.Helper()
	// Not the test's context: the server outlives the test that happens to start it.
	shared.once.Do(func() { shared.server, shared.err = start(context.Background()) })
	if shared.err != nil {
		t.Fatalf("kubetest: %v", shared.err)
	}
	return shared.server
}

func start(ctx context.Context, options ...Option) (*Server, error) {
	var chosen settings
	for _, option := range options {
		option(&chosen)
	}
	path, err := binary.Path(ctx)
	if err != nil {
		return nil, err
	}
	process, err := launch(path, chosen.arguments...)
	if err != nil {
		return nil, err
	}
	server := &Server{
		URL:        process.ready.URL,
		Kubeconfig: process.ready.Kubeconfig,
		Token:      process.ready.Token,
		CA:         process.ready.CA,
		process:    process,
	}
	if server.api, err = newAPI(process); err == nil {
		err = server.settle(ctx)
	}
	if err != nil {
		process.stop()
		return nil, err
	}
	return server, nil
}

// settle waits until the objects are there that a new server creates by itself, so that no test sees only some of them.
func (s *Server) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	for _, path := range []string{
		"/api/v1/namespaces/default",
		"/api/v1/namespaces/kube-system",
		"/api/v1/namespaces/kube-public",
		"/api/v1/namespaces/kube-node-lease",
		"/api/v1/namespaces/default/services/kubernetes",
	} {
		err := poll(ctx, func() (bool, error) {
			err := s.api.do(ctx, request{method: http.MethodGet, path: path}, nil)
			return err == nil, ignoring(http.StatusNotFound, err)
		})
		if err != nil {
			return fmt.Errorf("wait for a new server's own objects: %w", err)
		}
	}
	return nil
}

// poll asks until done, an error, or the end of ctx.
func poll(ctx context.Context, done func() (bool, error)) error {
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ignoring makes nothing of a refusal that is waited out.
func ignoring(code int, err error) error {
	if refused := (*refusal)(nil); errors.As(err, &refused) && refused.code == code {
		return nil
	}
	return err
}
