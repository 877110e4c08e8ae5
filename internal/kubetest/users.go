package kubetest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	tokenSeconds = 3600
	rbacTimeout  = 30 * time.Second
)

// Rule is a PolicyRule of rbac.authorization.k8s.io/v1.
type Rule struct {
	APIGroups       []string `json:"apiGroups,omitempty"`
	Resources       []string `json:"resources,omitempty"` // plural; a subresource as "pods/log"
	ResourceNames   []string `json:"resourceNames,omitempty"`
	NonResourceURLs []string `json:"nonResourceURLs,omitempty"`
	Verbs           []string `json:"verbs"`
}

// KubeconfigFor returns the path of a kubeconfig whose user may do, in all namespaces, what the rules allow and what everybody
// may. The user is the service account default/<user>; a second call for one user replaces the rules. The rules are in force
// when it returns; rules that were taken away may last a moment longer.
func (s *Server) KubeconfigFor(t testing.TB, user string, rules ...Rule) string {
	t.Helper()
	return s.KubeconfigWithin(t, user, map[string][]Rule{"": rules})
}

// KubeconfigWithin is KubeconfigFor with rules for each of some namespaces, those of "" for all. Each namespace must be there.
func (s *Server) KubeconfigWithin(t testing.TB, user string, rules map[string][]Rule) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), rbacTimeout)
	defer cancel()
	for namespace, rules := range rules {
		if err := s.grant(ctx, user, namespace, rules); err != nil {
			t.Fatalf("kubetest: user %s: %v", user, err)
		}
	}
	return s.KubeconfigForServiceAccount(t, "default", user)
}

// KubeconfigForServiceAccount returns the path of a kubeconfig for a service account that exists, with a token as a pod of it
// would hold, valid for an hour. Its rights are those that the objects in the cluster give it.
func (s *Server) KubeconfigForServiceAccount(t testing.TB, namespace, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := s.writeKubeconfig(t.Context(), path, namespace, name); err != nil {
		t.Fatalf("kubetest: service account %s/%s: %v", namespace, name, err)
	}
	return path
}

// grant makes the service account, its role in a namespace or ("") in all, and the binding of the two, and waits until the authorizer has
// seen them.
func (s *Server) grant(ctx context.Context, user, namespace string, rules []Rule) error {
	role, prefix := "kubetest:"+user, "Cluster"
	metadata := map[string]any{"name": role}
	if namespace != "" {
		prefix, metadata["namespace"] = "", namespace
	}
	for _, o := range []object{
		{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"name": user, "namespace": "default"}},
		{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": prefix + "Role",
			"metadata": metadata, "rules": append([]Rule{}, rules...),
		},
		{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": prefix + "RoleBinding",
			"metadata": metadata,
			"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": prefix + "Role", "name": role},
			"subjects": []any{map[string]any{"kind": "ServiceAccount", "name": user, "namespace": "default"}},
		},
	} {
		if err := s.write(ctx, defaultManager, o); err != nil {
			return fmt.Errorf("apply %s: %w", o, err)
		}
	}
	for _, rule := range rules {
		if err := s.waitAllowed(ctx, user, namespace, rule); err != nil {
			return fmt.Errorf("wait for rule %v: %w", rule, err)
		}
	}
	return nil
}

// waitAllowed asks the authorizer for one request that the rule allows: a role's rules come into force together.
func (s *Server) waitAllowed(ctx context.Context, user, namespace string, rule Rule) error {
	spec := map[string]any{
		"user":   "system:serviceaccount:default:" + user,
		"groups": []string{"system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"},
	}
	verb := first(rule.Verbs)
	if len(rule.NonResourceURLs) > 0 {
		spec["nonResourceAttributes"] = map[string]any{"path": first(rule.NonResourceURLs), "verb": verb}
	} else {
		resource, subresource, _ := strings.Cut(first(rule.Resources), "/")
		spec["resourceAttributes"] = map[string]any{
			"group": first(rule.APIGroups), "resource": resource, "subresource": subresource, "name": first(rule.ResourceNames), "verb": verb, "namespace": namespace,
		}
	}
	review := object{"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
	return poll(ctx, func() (bool, error) {
		var answer struct{ Status struct{ Allowed bool } }
		err := s.api.do(ctx, request{
			method: http.MethodPost, path: "/apis/authorization.k8s.io/v1/subjectaccessreviews", body: review,
		}, &answer)
		return answer.Status.Allowed, err
	})
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// writeKubeconfig fetches a token for the service account.
func (s *Server) writeKubeconfig(ctx context.Context, path, namespace, name string) error {
	accounts := resource{prefix: "/api/v1", plural: "serviceaccounts", namespaced: true}
	var answer struct{ Status struct{ Token string } }
	err := s.api.do(ctx, request{
		method: http.MethodPost,
		path:   accounts.path(namespace, name) + "/token",
		body: object{
			"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
			"spec": map[string]any{"expirationSeconds": tokenSeconds},
		},
	}, &answer)
	if err != nil {
		return fmt.Errorf("request token: %w", err)
	}
	content, err := kubeconfig(s.URL, s.CA, name, answer.Status.Token)
	if err != nil {
		return fmt.Errorf("encode kubeconfig: %w", err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return fmt.Errorf("write kubeconfig: %w", err)
	}
	return nil
}
