package kubetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
)

const (
	defaultManager = "kubetest"
	mergePatch     = "application/merge-patch+json"
)

// Apply writes the objects of YAML manifests, in their order, and fails the test at the first that the server refuses; a field
// that the server does not know is refused too.
//
//   - An object that exists is merged with (RFC 7396: lists are replaced).
//   - A document's status is written to the status subresource afterwards: so pods can be ready, OOMKilled or pending, nodes
//     old, budgets exhausted.
//   - An owner reference without uid gets the uid of that owner, which must exist, in the object's namespace or in none. So does an
//     event's involvedObject, which the API itself takes without.
//   - A custom resource definition is waited for until its kinds are served.
//   - The API sets metadata.uid, creationTimestamp, generation and resourceVersion itself and ignores what a manifest says:
//     no object is older than the server. Where age matters, use times in status (startTime, lastTransitionTime, finishedAt).
//
// All of it is recorded in managedFields under the manager "kubetest"; see ApplyAs.
func (s *Server) Apply(t testing.TB, manifests []byte) {
	t.Helper()
	s.ApplyAs(t, defaultManager, manifests)
}

// ApplyAs is Apply under the name of another field manager, such as "helm" or "kubectl-client-side-apply".
func (s *Server) ApplyAs(t testing.TB, manager string, manifests []byte) {
	t.Helper()
	if err := s.apply(t.Context(), manager, manifests); err != nil {
		t.Fatalf("kubetest: %v", err)
	}
}

func (s *Server) apply(ctx context.Context, manager string, manifests []byte) error {
	objects, err := parseManifests(manifests)
	if err != nil {
		return fmt.Errorf("read manifests: %w", err)
	}
	var defined []object // not waited for yet: the server takes up several definitions as fast as one
	for _, o := range objects {
		again := slices.ContainsFunc(defined, func(d object) bool { return d.metadata().text("name") == o.metadata().text("name") })
		if o.text("kind") != crdKind || again {
			if err := s.waitDefined(ctx, defined); err != nil {
				return err
			}
			defined = nil
		}
		if err := s.write(ctx, manager, o); err != nil {
			return fmt.Errorf("apply %s: %w", o, err)
		}
		if o.text("kind") == crdKind {
			defined = append(defined, o)
		}
	}
	return s.waitDefined(ctx, defined)
}

func (s *Server) waitDefined(ctx context.Context, definitions []object) error {
	for _, definition := range definitions {
		if err := s.waitServed(ctx, definition); err != nil {
			return fmt.Errorf("apply %s: %w", definition, err)
		}
	}
	return nil
}

func (s *Server) write(ctx context.Context, manager string, o object) error {
	served, err := s.resourceOf(ctx, o.kind())
	if err != nil {
		return err
	}
	if served.namespaced && o.metadata().text("namespace") == "" {
		o.metadata()["namespace"] = "default"
	}
	if err := s.completeReferences(ctx, o); err != nil {
		return err
	}
	status, _ := o["status"].(map[string]any)
	delete(o, "status")
	if len(status) > 0 && !served.status {
		return fmt.Errorf("%s has no status of its own to write", served.plural)
	}
	if err := s.createOrMerge(ctx, manager, served, o); err != nil {
		return err
	}
	if len(status) == 0 {
		return nil
	}
	return s.merge(ctx, manager, served.objectPath(o)+"/status", object{"status": status})
}

func (s *Server) createOrMerge(ctx context.Context, manager string, served resource, o object) error {
	err := s.api.do(ctx, request{
		method: http.MethodPost,
		path:   served.path(o.metadata().text("namespace"), ""),
		query:  writeQuery(manager),
		body:   o,
	}, nil)
	if refused := (*refusal)(nil); errors.As(err, &refused) && refused.Reason == "AlreadyExists" {
		return s.merge(ctx, manager, served.objectPath(o), o)
	}
	return err
}

func (s *Server) merge(ctx context.Context, manager, path string, change object) error {
	return s.api.do(ctx, request{
		method: http.MethodPatch, path: path, query: writeQuery(manager), contentType: mergePatch, body: change,
	}, nil)
}

func writeQuery(manager string) url.Values {
	return url.Values{"fieldManager": {manager}, "fieldValidation": {"Strict"}}
}

func (r resource) objectPath(o object) string {
	return r.path(o.metadata().text("namespace"), o.metadata().text("name"))
}

// completeReferences looks up the uids that a manifest cannot know.
func (s *Server) completeReferences(ctx context.Context, o object) error {
	references, _ := o.metadata()["ownerReferences"].([]any)
	if involved, ok := o["involvedObject"]; ok && o.text("kind") == "Event" {
		references = append(slices.Clone(references), involved)
	}
	for _, reference := range references {
		fields, _ := reference.(map[string]any)
		referred := object(fields)
		if referred == nil || referred.text("uid") != "" {
			continue
		}
		served, err := s.resourceOf(ctx, referred.kind())
		if err != nil {
			return fmt.Errorf("%s %s, which it refers to: %w", referred.text("kind"), referred.text("name"), err)
		}
		var found struct{ Metadata struct{ UID string } }
		path := served.path(o.metadata().text("namespace"), referred.text("name"))
		if err := s.api.do(ctx, request{method: http.MethodGet, path: path}, &found); err != nil {
			return fmt.Errorf("what it refers to: %w", err)
		}
		referred["uid"] = found.Metadata.UID
	}
	return nil
}
