package cluster

import (
	"context"

	"plimsoll/collectors/kube"
)

// helmLabel selects what Helm keeps of its releases.
const helmLabel = "owner=helm"

// readReleases reads Helm's releases from the labels of what it keeps them in. The API server is asked for metadata alone, and
// refuses where it cannot give that alone: no Secret's data ever travels.
func (c *collection) readReleases(ctx context.Context) error {
	for _, k := range []kind{secrets, configMaps} {
		for _, namespace := range c.options.scope(k) {
			if !c.allowed.may(releases, namespace) {
				continue
			}
			l := listing{path: k.path("v1", namespace), selector: helmLabel, accept: acceptMetadata, pageSize: c.options.PageSize}
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
