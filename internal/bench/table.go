package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// figure is one measurement with its limit. Zero limit: information.
type figure struct {
	name  string
	value float64
	limit float64
	unit  string
	floor string // "1.4 × reading the YAML"
}

type table struct{ rows []figure }

func (t *table) add(f figure) { t.rows = append(t.rows, f) }

func (t *table) print(w io.Writer) {
	out := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(out, "what\tmeasured\tat most\tfloor\t")
	for _, row := range t.rows {
		limit, mark := "–", ""
		if row.limit > 0 {
			limit = fmt.Sprintf("%g %s", row.limit, row.unit)
			if row.value > row.limit {
				mark = "OVER"
			}
		}
		fmt.Fprintf(out, "%s\t%.4g %s\t%s\t%s\t%s\n", row.name, row.value, row.unit, limit, row.floor, mark)
	}
	out.Flush()
}

// over is an error that names every figure above its limit.
func (t *table) over() error {
	var names []string
	for _, row := range t.rows {
		if row.limit > 0 && row.value > row.limit {
			names = append(names, row.name)
		}
	}
	if len(names) > 0 {
		return fmt.Errorf("over the limit: %s", strings.Join(names, "; "))
	}
	return nil
}
