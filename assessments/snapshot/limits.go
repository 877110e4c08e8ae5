package snapshot

import "cmp"

// Limits bound what a Reader takes. A zero field stands for its default.
type Limits struct {
	CompressedBytes int64 // of the file
	ExpandedBytes   int64 // of all lines together
	Ratio           int64 // expanded ÷ compressed bytes, held once RatioFromBytes are expanded
	RatioFromBytes  int64
	LineBytes       int
	Depth           int // nested objects and lists in one line
	Records         int
	RecordsOfKind   int // of any one kind: what is made of each record weighs far more than its line
	Containers      int // of all workloads together, for the same reason
	StringBytes     int // of any one string
}

// DefaultLimits take a snapshot of a hundred thousand workloads and refuse what no collector writes.
//
// A written snapshot expands 10 to 60 times; gzip itself cannot exceed 1,032 times.
func DefaultLimits() Limits {
	return Limits{
		CompressedBytes: 64 << 20,
		ExpandedBytes:   512 << 20,
		Ratio:           250,
		RatioFromBytes:  4 << 20,
		LineBytes:       4 << 20,
		Depth:           32,
		Records:         1_000_000,
		RecordsOfKind:   100_000,
		Containers:      500_000,
		StringBytes:     16 << 10,
	}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	return Limits{
		CompressedBytes: cmp.Or(l.CompressedBytes, d.CompressedBytes),
		ExpandedBytes:   cmp.Or(l.ExpandedBytes, d.ExpandedBytes),
		Ratio:           cmp.Or(l.Ratio, d.Ratio),
		RatioFromBytes:  cmp.Or(l.RatioFromBytes, d.RatioFromBytes),
		LineBytes:       cmp.Or(l.LineBytes, d.LineBytes),
		Depth:           cmp.Or(l.Depth, d.Depth),
		Records:         cmp.Or(l.Records, d.Records),
		RecordsOfKind:   cmp.Or(l.RecordsOfKind, d.RecordsOfKind),
		Containers:      cmp.Or(l.Containers, d.Containers),
		StringBytes:     cmp.Or(l.StringBytes, d.StringBytes),
	}
}

// Bounds of the format itself, whatever the Limits: no collector writes beyond them.
const (
	MaxNameBytes = 512       // names, namespaces, kinds, uids, and keys of maps
	MaxElements  = 20_000    // of any list: more nodes than a cluster has
	MaxRanges    = 256       // of a list of address ranges: each is held against every node's
	MaxOfPod     = 1_000     // containers of one workload
	MaxInteger   = 1<<53 - 1 // what every JSON reader holds exactly
	MinYear      = 2000      // of any time
	MaxYear      = 2100      // of any time
	maxNotes     = 100       // different remarks that a Reader keeps
)
