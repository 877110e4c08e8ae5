package cluster

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/flowcontrol"
)

// DefaultQPS is how many requests a second go to the API server at most, where nobody says otherwise.
const DefaultQPS = 20

// requestTimeout bounds one request with its answer's body: a page of 500 large pods over a slow line.
const requestTimeout = 2 * time.Minute

// Connection says which cluster to speak to, and how gently.
type Connection struct {
	Kubeconfig string  // path; empty: KUBECONFIG, then ~/.kube/config, then the service account of the pod this runs in
	Context    string  // of the kubeconfig; empty: the current one
	QPS        float64 // requests a second at most; 0: DefaultQPS
	UserAgent  string  // what the API server's audit log shows
}

// Client speaks to one API server. It knows GET and no other method.
type Client struct {
	base     *url.URL
	http     *http.Client
	limiter  flowcontrol.RateLimiter
	ownCA    *x509.CertPool // the cluster's CA, as clients are given it; nil without one
	requests atomic.Int64

	meeting sync.Mutex
	met     *serving // what the first handshake showed
}

// Connect reads the configuration; it does not speak to the server yet.
func Connect(options Connection) (*Client, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = options.Kubeconfig
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: options.Context})
	config, err := loader.ClientConfig()
	if clientcmd.IsEmptyConfig(err) || errors.Is(err, rest.ErrNotInCluster) {
		return nil, errors.New("no cluster to speak to: neither a kubeconfig nor the service account of a pod was found (--kubeconfig FILE, or KUBECONFIG)")
	}
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	return newClient(config, options)
}

func newClient(config *rest.Config, options Connection) (*Client, error) {
	config.UserAgent = cmp.Or(options.UserAgent, "plimsoll-collect")
	config.Timeout = requestTimeout
	config.DisableCompression = true                         // of the transport's own kind: bodyOf takes it off in half the time
	config.TLSClientConfig.NextProtos = []string{"http/1.1"} // two requests at once need no more, and HTTP/2 costs a frame and an answer for each 16 KB
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: server: %w", err)
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	qps := cmp.Or(options.QPS, DefaultQPS)
	if qps < 0 {
		return nil, fmt.Errorf("want a number of requests a second above 0, got %g", qps)
	}
	limiter := flowcontrol.NewTokenBucketRateLimiter(float32(qps), max(1, int(qps)))
	ownCA, err := ownCAOf(config)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	return &Client{base: base, http: client, limiter: limiter, ownCA: ownCA}, nil
}

// ownCAOf is the CA that a configuration trusts for this cluster alone.
func ownCAOf(config *rest.Config) (*x509.CertPool, error) {
	if err := rest.LoadTLSFiles(config); err != nil {
		return nil, err
	}
	if len(config.CAData) == 0 {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(config.CAData) {
		return nil, errors.New("certificate-authority holds no certificate")
	}
	return pool, nil
}

// Host is the address of the API server.
func (c *Client) Host() string { return c.base.Host }
