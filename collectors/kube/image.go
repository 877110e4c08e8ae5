package kube

// ContainerImage is the image that a container asks for, without the credentials that somebody may have written into it.
func ContainerImage(c *Container) string { return withoutCredentials(c.Image) }
