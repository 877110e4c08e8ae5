package reference

import "slices"

// NamedProduct is software that is told by the name of its image.
type NamedProduct struct {
	Product    string   `yaml:"product"`
	Images     []string `yaml:"images"` // last parts of repositories
	Provenance `yaml:",inline"`
}

// QuorumProduct is software that stops serving when too many of its members are away, and by what its bearing is counted.
type QuorumProduct struct {
	NamedProduct `yaml:",inline"`
	Counts       Counting `yaml:"counts"`
	MinInSync    []string `yaml:"minInSync"`   // variables that say how many replicas must be in sync, first found counts
	Replication  []string `yaml:"replication"` // variables that say how many replicas data has by default
}

// Counting says how many members may go.
type Counting string

// The ways to count; CountsUnknown: the product needs a quorum, and of how many can't be told from outside.
const (
	CountsUnknown  Counting = ""
	CountsMajority Counting = "majority" // less than half of the members
	CountsInSync   Counting = "inSync"   // replicas beyond those that must be in sync
)

type productsDocument struct {
	About  about           `yaml:"about"`
	Backup []NamedProduct  `yaml:"backup"`
	Quorum []QuorumProduct `yaml:"quorum"`
}

func (d *productsDocument) head() about { return d.About }
func (d *productsDocument) rows() int   { return len(d.Backup) + len(d.Quorum) }

var products = load("products", &productsDocument{})

// IsBackup reports whether an image, by the last part of its repository, backs up clusters or volumes.
func IsBackup(imageName string) bool { return isAmong(products().Backup, imageName) }

// NeedsQuorum reports whether an image, by the last part of its repository, stops when too many of its members are away.
func NeedsQuorum(imageName string) bool {
	_, needs := QuorumOf(imageName)
	return needs
}

// QuorumOf returns the product in an image, by the last part of its repository, that stops when too many of its members are away.
func QuorumOf(imageName string) (QuorumProduct, bool) {
	for _, row := range products().Quorum {
		if slices.Contains(row.Images, imageName) {
			return row, true
		}
	}
	return QuorumProduct{}, false
}

func isAmong(rows []NamedProduct, imageName string) bool {
	return slices.ContainsFunc(rows, func(p NamedProduct) bool { return slices.Contains(p.Images, imageName) })
}
