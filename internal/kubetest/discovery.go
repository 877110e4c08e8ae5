package kubetest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// aggregated asks for all groups and their resources in one answer.
	aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	crdKind    = "CustomResourceDefinition"
	crdTimeout = 30 * time.Second
)

// kind names a type of object as a manifest does.
type kind struct{ apiVersion, kind string }

// resource is how the API serves a kind.
type resource struct {
	prefix     string // /api/v1 or /apis/<group>/<version>
	plural     string
	namespaced bool
	status     bool // has a status subresource
}

// path is the collection's path, or the object's where a name is given.
func (r resource) path(namespace, name string) string {
	path := r.prefix
	if r.namespaced {
		path += "/namespaces/" + url.PathEscape(namespace)
	}
	path += "/" + r.plural
	if name != "" {
		path += "/" + url.PathEscape(name)
	}
	return path
}

// resourceOf finds a kind in what the server says of itself, asked once and again where a kind is not known.
func (s *Server) resourceOf(ctx context.Context, wanted kind) (resource, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if found, ok := s.resources[wanted]; ok {
		return found, nil
	}
	resources, err := s.discover(ctx)
	if err != nil {
		return resource{}, err
	}
	s.resources = resources
	found, ok := resources[wanted]
	if !ok {
		return resource{}, fmt.Errorf("the server has no kind %s in %s", wanted.kind, wanted.apiVersion)
	}
	return found, nil
}

// groupList is the part that we read of apidiscovery.k8s.io/v2 APIGroupDiscoveryList.
type groupList struct {
	Items []struct {
		Metadata struct{ Name string }
		Versions []struct {
			Version   string
			Resources []struct {
				Resource     string
				ResponseKind struct{ Kind string }
				Scope        string
				Subresources []struct{ Subresource string }
			}
		}
	}
}

func (s *Server) discover(ctx context.Context) (map[kind]resource, error) {
	resources := map[kind]resource{}
	for _, root := range []string{"/api", "/apis"} {
		var groups groupList
		if err := s.api.do(ctx, request{method: http.MethodGet, path: root, accept: aggregated}, &groups); err != nil {
			return nil, fmt.Errorf("discover resources: %w", err)
		}
		groups.addTo(resources, root)
	}
	return resources, nil
}

func (g groupList) addTo(resources map[kind]resource, root string) {
	for _, group := range g.Items {
		for _, version := range group.Versions {
			apiVersion := strings.TrimPrefix(group.Metadata.Name+"/"+version.Version, "/")
			for _, r := range version.Resources {
				found := resource{prefix: root + "/" + apiVersion, plural: r.Resource, namespaced: r.Scope == "Namespaced"}
				for _, sub := range r.Subresources {
					found.status = found.status || sub.Subresource == "status"
				}
				resources[kind{apiVersion, r.ResponseKind.Kind}] = found
			}
		}
	}
}

// waitServed waits until the kinds that a custom resource definition has just added are known and answered for.
func (s *Server) waitServed(ctx context.Context, definition object) error {
	ctx, cancel := context.WithTimeout(ctx, crdTimeout)
	defer cancel()
	spec, _ := definition["spec"].(map[string]any)
	group, _ := spec["group"].(string)
	names, _ := spec["names"].(map[string]any)
	name, _ := names["kind"].(string)
	versions, _ := spec["versions"].([]any)
	served := slices.DeleteFunc(slices.Clone(versions), func(v any) bool {
		version, _ := v.(map[string]any)
		return version["served"] != true
	})
	for _, v := range served {
		version, _ := v.(map[string]any)["name"].(string)
		wanted := kind{group + "/" + version, name}
		err := poll(ctx, func() (bool, error) {
			resources, err := s.discover(ctx)
			found, ok := resources[wanted]
			if err != nil || !ok {
				return false, err
			}
			err = s.api.do(ctx, request{method: http.MethodGet, path: found.everywhere(), query: url.Values{"limit": {"1"}}}, nil)
			return err == nil, ignoring(http.StatusNotFound, err)
		})
		if err != nil {
			return fmt.Errorf("wait until %s of %s is served: %w", wanted.kind, wanted.apiVersion, err)
		}
	}
	return nil
}

// everywhere is the path of the collection over all namespaces.
func (r resource) everywhere() string { return r.prefix + "/" + r.plural }
