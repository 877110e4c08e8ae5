package cluster

import (
	"slices"

	"plimsoll/assessments/snapshot"
)

// collected are the resources of snapshot.Resources that can be read whole: every kind of the table that is a part of the resource is
// listed in every namespace of the scope. A part whose extension is not installed has nothing to read.
func (c *collection) collected() []string {
	read, unread := map[string]bool{}, map[string]bool{}
	for _, k := range listedKinds(c.options) {
		if c.readable(k.resourceName(), c.options.scope(k)) {
			read[k.partOf()] = true
		} else {
			unread[k.partOf()] = true
		}
	}
	read[releases] = c.readable(releases, c.options.scope(secrets))
	return slices.DeleteFunc(slices.Clone(snapshot.Resources), func(r string) bool { return !read[r] || unread[r] })
}

// readable reports whether nothing of a resource was refused.
func (c *collection) readable(resource string, namespaces []string) bool {
	if c.allowed.uninstalled[resource] {
		return true
	}
	return !slices.ContainsFunc(namespaces, func(n string) bool { return !c.allowed.may(resource, n) })
}
