package cluster

import (
	"context"

	"plimsoll/collectors/kube"
)

// helmLabel selects what Helm keeps of its releases.
const helmLabel = "owner=helm"

// readReleases reads what Argo CD and Flux say of their releases, and Helm's releases from the labels of what it keeps them in. The API server is asked for metadata alone, and
// refuses where it cannot give that alone: no Secret's data ever travels.
func (c *collection) readReleases(ctx context.Context) error {
	if err := c.readReleaseObjects(ctx); err != nil {
		return err
	}
	if c.options.HelmHistory {
		return c.readHistory(ctx)
	}
	for _, k := range []kind{secrets, configMaps} {
		for _, namespace := range c.options.scope(k) {
			if !c.allowed.may(releases, namespace) {
				continue
			}
			l := listing{path: k.path("v1", namespace), selector: helmLabel, sieve: k.sieve, accept: acceptMetadata, pageSize: c.options.PageSize}
			if err := eachOf(ctx, c, releases, namespace, l, whole[kube.Object], c.addRelease); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *collection) addRelease(o *kube.Object) error {
	record, ok := kube.ReleaseRecord(&o.Meta)
	if !ok {
		return nil
	}
	return c.write(record)
}

// readReleaseObjects reads the objects of Argo CD and Flux, where they are installed: how they stand, and never their values.
func (c *collection) readReleaseObjects(ctx context.Context) error {
	if err := each(ctx, c, applications, whole[kube.Application], func(a *kube.Application) error {
		a.TypeMeta = c.typeOf(applications)
		return c.write(kube.ApplicationRecord(a))
	}); err != nil {
		return err
	}
	if err := each(ctx, c, helmReleases, whole[kube.HelmRelease], func(h *kube.HelmRelease) error {
		h.TypeMeta = c.typeOf(helmReleases)
		return c.write(kube.HelmReleaseRecord(h))
	}); err != nil {
		return err
	}
	return each(ctx, c, kustomizations, whole[kube.FluxKustomization], func(k *kube.FluxKustomization) error {
		k.TypeMeta = c.typeOf(kustomizations)
		return c.write(kube.KustomizationRecord(k))
	})
}
