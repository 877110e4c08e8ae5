package facts

// Image is an image reference taken apart.
type Image struct {
	Raw        string
	Registry   string // docker.io where none is written
	Repository string // without registry: library/nginx, apache/kafka
	Tag        string // empty where none is written
	Digest     string // sha256:…; empty where none is written
	Literal    bool   // false: empty, or holds a placeholder ($ { < %), so that nothing can be said of it
}
