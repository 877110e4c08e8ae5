package reference

// BalancerPath is the way that a load balancer's traffic takes into the cluster.
type BalancerPath string

// The ways: to pods directly, to many nodes, or to one elected node that takes all traffic of an address.
const (
	ToPods    BalancerPath = "pods"
	ToNodes   BalancerPath = "nodes"
	ToOneNode BalancerPath = "one-node"
)

// BalancerSign is what a service says of its load balancer, "key=value", and the way that follows from it.
type BalancerSign struct {
	Sign       string       `yaml:"sign"`
	Path       BalancerPath `yaml:"path"`
	Provenance `yaml:",inline"`
}

type balancersDocument struct {
	About about          `yaml:"about"`
	Rows  []BalancerSign `yaml:"rows"`
}

func (d *balancersDocument) head() about { return d.About }
func (d *balancersDocument) rows() int   { return len(d.Rows) }

var balancers = load("load-balancers", &balancersDocument{})

// BalancerSignOf returns the row of a sign. It reports false for signs that tell nothing of the way.
func BalancerSignOf(sign string) (BalancerSign, bool) {
	for _, row := range balancers().Rows {
		if row.Sign == sign {
			return row, true
		}
	}
	return BalancerSign{}, false
}
