package allow

import "strings"

// Only is a sieve that lets through of what this one does the places that are named, each a path as spec.containers[].image. It panics for a
// place that this sieve does not let through: no narrower sieve can be a wider one.
func (s *Sieve) Only(paths ...string) *Sieve {
	root := &node{shape: shapeObject}
	for _, path := range paths {
		if !narrow(root, s.root, strings.Split(path, ".")) {
			panic("allow.yaml: lets nothing through at " + path)
		}
	}
	return &Sieve{root}
}

// narrow names the first of the keys in to, as from has it, and goes on below it.
func narrow(to, from *node, keys []string) bool {
	key, isList := strings.CutSuffix(keys[0], "[]")
	have := from.below([]byte(`"`+key+`"`), true)
	if from.shape != shapeObject || have == nil || isList != (have.shape == shapeList) {
		return false
	}
	next := to.below([]byte(`"`+key+`"`), true)
	if next == nil {
		next = &node{shape: have.shape}
		if len(keys) == 1 && !isList {
			next = have
		}
		to.name(key, next)
	}
	if len(keys) == 1 {
		if isList {
			next.item = have.item
		}
		return true
	}
	if isList {
		if next.item == nil {
			next.item = &node{shape: have.item.shape}
		}
		next, have = next.item, have.item
	}
	return narrow(next, have, keys[1:])
}
