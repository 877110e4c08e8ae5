package reference

import "slices"

// NamedProduct is software that is told by the name of its image.
type NamedProduct struct {
	Product    string   `yaml:"product"`
	Images     []string `yaml:"images"` // last parts of repositories
	Provenance `yaml:",inline"`
}

type productsDocument struct {
	About  about          `yaml:"about"`
	Backup []NamedProduct `yaml:"backup"`
	Quorum []NamedProduct `yaml:"quorum"`
}

func (d *productsDocument) head() about { return d.About }
func (d *productsDocument) rows() int   { return len(d.Backup) + len(d.Quorum) }

var products = load("products", &productsDocument{})

// IsBackup reports whether an image, by the last part of its repository, backs up clusters or volumes.
func IsBackup(imageName string) bool { return isAmong(products.Backup, imageName) }

// NeedsQuorum reports whether an image, by the last part of its repository, stops when too many of its members are away.
func NeedsQuorum(imageName string) bool { return isAmong(products.Quorum, imageName) }

func isAmong(rows []NamedProduct, imageName string) bool {
	return slices.ContainsFunc(rows, func(p NamedProduct) bool { return slices.Contains(p.Images, imageName) })
}
