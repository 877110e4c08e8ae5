// Package engines runs the four engines over one set of facts and puts their results into words and tables, so that the page,
// the PDF and the command line show the same figures. Each engine is a package of its own below this one.
package engines

// Exhibit is what one engine shows: plain text and tables, in the order they are read.
type Exhibit struct {
	ID      string   `json:"id"` // upgrade, probe, heap, network
	Title   string   `json:"title"`
	Lead    string   `json:"lead"`             // the result in one sentence; where nothing could be computed, why
	Parts   []Part   `json:"parts,omitzero"`   // empty where nothing could be computed
	Sources []string `json:"sources,omitzero"` // of the figures that are not the platform's own
}

// Part is a titled piece of an exhibit: paragraphs, then a picture, then a table with its figures.
type Part struct {
	Title string   `json:"title"`
	Text  []string `json:"text,omitzero"`
	Table *Table   `json:"table,omitzero"`
	// Picture is nil where there is nothing to draw.
	Picture *Picture `json:"picture,omitzero"`
}

// Table holds words as they are shown. More counts the rows beyond those that are shown.
type Table struct {
	Columns []Column   `json:"columns"`
	Rows    [][]string `json:"rows"`
	More    int        `json:"more,omitzero"`
}

// Column is a column's title. Number aligns it to the right.
type Column struct {
	Title  string `json:"title"`
	Number bool   `json:"number,omitzero"`
}

// MaxRows bounds the rows of a table; the gravest stand first.
const MaxRows = 100

// table makes a table of at most MaxRows rows.
func table(columns []Column, rows [][]string) *Table {
	shown := rows[:min(len(rows), MaxRows)]
	return &Table{Columns: columns, Rows: shown, More: len(rows) - len(shown)}
}

// IDs are the engines in the order in which they are shown. They are the names of their commands and pages too.
var IDs = []string{"upgrade", "probe", "heap", "network"}

var names = map[string]struct{ title, short, about string }{
	"upgrade": {"Upgrade plan", "Upgrade", "The hops to a supported version, what breaks at each, and the road over a new cluster beside it."},
	"probe":   {"Probe simulator", "Probes", "When each container is killed, and whether it can recover before that."},
	"heap":    {"JVM memory", "Memory", "What each JVM may take, held against its request and its limit."},
	"network": {"Network forecast", "Network", "When connection tables and address ranges are full."},
}

// Title is an engine's name in words.
func Title(id string) string { return names[id].title }

// Short is an engine's name where there is little room.
func Short(id string) string { return names[id].short }

// About says in one sentence what an engine computes.
func About(id string) string { return names[id].about }
