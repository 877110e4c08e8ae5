package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"
	genericoptions "k8s.io/apiserver/pkg/server/options"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/rest"
	logsapi "k8s.io/component-base/logs/api/v1"
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // the metrics that a released server shows
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// auditPolicy logs who asked for what, and no bodies; each request once, when it has been answered.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
`

// controlPlane is one kube-apiserver: its listener, its files and its administrator's token.
type controlPlane struct {
	dir      string
	listener net.Listener
	token    string
	options  *options.ServerRunOptions
}

// newControlPlane writes the server's files below dir and binds its port. The listener itself is handed to the server, so
// between the choice of the port and its use nobody can take it.
func newControlPlane(dir, etcdEndpoint, auditLog string) (*controlPlane, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	c := &controlPlane{dir: dir, listener: listener, token: rand.Text()}
	if err := c.writeFiles(); err != nil {
		return nil, err
	}
	c.options, err = c.serverOptions(etcdEndpoint, auditLog)
	return c, err
}

func (c *controlPlane) path(name string) string { return filepath.Join(c.dir, name) }
func (c *controlPlane) url() string             { return "https://" + c.listener.Addr().String() }
func (c *controlPlane) ca() string              { return c.path("apiserver.crt") }

func (c *controlPlane) ready() ready {
	return ready{URL: c.url(), Kubeconfig: c.path("kubeconfig"), CA: c.ca(), Token: c.token, Directory: c.dir}
}

// writeFiles writes what the server reads, and the administrator's kubeconfig.
func (c *controlPlane) writeFiles() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("generate service account key: %w", err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode service account key: %w", err)
	}
	kubeconfig, err := json.Marshal(kubeconfigFor(c.url(), c.ca(), c.token))
	if err != nil {
		return fmt.Errorf("encode kubeconfig: %w", err)
	}
	for name, content := range map[string][]byte{
		"service-account.key": pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}),
		"tokens.csv":          []byte(c.token + ",kubetest-admin,kubetest-admin,system:masters\n"),
		"audit-policy.yaml":   []byte(auditPolicy),
		"kubeconfig":          kubeconfig,
	} {
		if err := os.WriteFile(c.path(name), content, 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// kubeconfigFor is a kubeconfig with one cluster and one user; JSON is YAML.
func kubeconfigFor(url, ca, token string) map[string]any {
	return map[string]any{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": "kubetest",
		"clusters":        []any{map[string]any{"name": "kubetest", "cluster": map[string]any{"server": url, "certificate-authority": ca}}},
		"users":           []any{map[string]any{"name": "admin", "user": map[string]any{"token": token}}},
		"contexts":        []any{map[string]any{"name": "kubetest", "context": map[string]any{"cluster": "kubetest", "user": "admin"}}},
	}
}

// serverOptions are kube-apiserver's own options, given as its own flags where a flag exists.
func (c *controlPlane) serverOptions(etcdEndpoint, auditLog string) (*options.ServerRunOptions, error) {
	flags := []string{
		"--etcd-servers=" + etcdEndpoint,
		"--cert-dir=" + c.dir,
		"--token-auth-file=" + c.path("tokens.csv"),
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + c.path("service-account.key"),
		"--service-account-signing-key-file=" + c.path("service-account.key"),
		"--service-cluster-ip-range=10.96.0.0/16",
		"--allow-privileged=true",
		// Loopback is no address that an Endpoints object may hold.
		"--endpoint-reconciler-type=none",
		// Each of the two waits for a controller that does not run: one for a namespace's default service account, one to
		// lift the taint of a new node.
		"--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
	}
	if auditLog != "" {
		flags = append(flags, "--audit-log-path="+auditLog, "--audit-policy-file="+c.path("audit-policy.yaml"))
	}

	s := options.NewServerRunOptions()
	set := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, named := range s.Flags().FlagSets {
		set.AddFlagSet(named)
	}
	if err := set.Parse(flags); err != nil {
		return nil, fmt.Errorf("kube-apiserver flags: %w", err)
	}
	bind(s.SecureServing.SecureServingOptions, c.listener)
	return s, nil
}

func bind(serving *genericoptions.SecureServingOptions, listener net.Listener) {
	address := listener.Addr().(*net.TCPAddr)
	serving.Listener = listener
	serving.BindAddress = address.IP
	serving.BindPort = address.Port
	// Without it the server looks for an interface with a default route, which a sandbox may lack.
	serving.ExternalAddress = address.IP
}

// start runs the server in the background; its end, however it comes, arrives on stopped.
func (c *controlPlane) start(stopped chan<- error) error {
	if err := c.options.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return fmt.Errorf("kube-apiserver feature gates: %w", err)
	}
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	if err := logsapi.ValidateAndApply(c.options.Logs, utilfeature.DefaultFeatureGate); err != nil {
		return fmt.Errorf("kube-apiserver logging: %w", err)
	}
	ctx := context.Background()
	completed, err := c.options.Complete(ctx)
	if err != nil {
		return fmt.Errorf("kube-apiserver options: %w", err)
	}
	if errs := completed.Validate(); len(errs) != 0 {
		return fmt.Errorf("kube-apiserver options: %w", errors.Join(errs...))
	}
	go func() { stopped <- fmt.Errorf("kube-apiserver: %w", app.Run(ctx, completed)) }()
	return nil
}

// waitReady asks /readyz until it answers 200, ctx ends, or the server stops.
func (c *controlPlane) waitReady(ctx context.Context, stopped <-chan error) error {
	bundle, err := os.ReadFile(c.ca())
	if err != nil {
		return fmt.Errorf("read serving certificate: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(bundle)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}

	for {
		status, err := c.readyz(ctx, client)
		if status == http.StatusOK {
			return nil
		}
		select {
		case err := <-stopped:
			return err
		case <-ctx.Done():
			return fmt.Errorf("not ready: last status %d: %w", status, errors.Join(err, ctx.Err()))
		case <-time.After(25 * time.Millisecond):
		}
	}
}

func (c *controlPlane) readyz(ctx context.Context, client *http.Client) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url()+"/readyz", nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	return response.StatusCode, nil
}
