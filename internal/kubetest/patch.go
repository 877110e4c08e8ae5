package kubetest

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
)

const strategicPatch = "application/strategic-merge-patch+json"

// Patch merges partial objects into those that are there, list by list as `kubectl patch` does. One that isn't there is created.
func (s *Server) Patch(t testing.TB, manifests []byte) {
	t.Helper()
	objects, err := parseManifests(manifests)
	if err != nil {
		t.Fatalf("kubetest: read patch: %v", err)
	}
	for _, o := range objects {
		if err := s.patch(t, o); err != nil {
			t.Fatalf("kubetest: patch %s: %v", o, err)
		}
	}
}

func (s *Server) patch(t testing.TB, o object) error {
	served, err := s.resourceOf(t.Context(), o.kind())
	if err != nil {
		return err
	}
	err = s.api.do(t.Context(), request{
		method: http.MethodPatch, path: served.objectPath(o), query: writeQuery("kubectl-patch"), contentType: strategicPatch, body: o,
	}, nil)
	if refused := (*refusal)(nil); errors.As(err, &refused) && refused.code == http.StatusNotFound {
		err = s.write(t.Context(), "kubectl-patch", o)
	}
	if err != nil {
		return fmt.Errorf("as a strategic merge: %w", err)
	}
	return nil
}
