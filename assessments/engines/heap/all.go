package heap

import (
	"cmp"
	"fmt"
	"slices"

	"plimsoll/assessments/facts"
)

// For makes the budgets of all JVMs of a snapshot: containers and sidecars, and sections of custom resources. They are in the
// order of namespace, name, kind, container and place; the same facts give the same list.
func For(f *facts.Facts, o Options) []Budget {
	budgets := []Budget{}
	for _, w := range f.Workloads {
		for _, c := range w.Serving() {
			if c.Java == nil {
				continue
			}
			budget := Of(Subject{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, Container: c.Name, File: w.Place.File, Line: cmp.Or(c.Line, w.Place.Line)}, OfContainer(c), o)
			budget.System = w.System
			budgets = append(budgets, budget)
		}
	}
	for _, c := range f.Custom {
		budget := Of(Subject{Kind: c.ObjectKind, Namespace: c.Namespace, Name: c.Name, Container: c.Section, File: c.Place.File, Line: c.Place.Line}, OfResource(c), o)
		budget.System = c.System
		budgets = append(budgets, budget)
	}
	slices.SortStableFunc(budgets, func(a, b Budget) int {
		x, y := a.Subject, b.Subject
		return cmp.Or(cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Kind, y.Kind),
			cmp.Compare(x.Container, y.Container), cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line))
	})
	return budgets
}

// OfContainer is the JVM of a container; its Java must be known.
func OfContainer(c *facts.Container) JVM {
	return JVM{Java: c.Java, MemoryLimitBytes: c.MemoryLimitBytes, MemoryRequestBytes: c.EffectiveMemoryRequestBytes()}
}

// OfResource is the JVM of a custom resource's section.
func OfResource(c *facts.CustomResource) JVM {
	return JVM{Java: c.Java, MemoryLimitBytes: c.MemoryLimitBytes, MemoryRequestBytes: cmp.Or(c.MemoryRequestBytes, c.MemoryLimitBytes)}
}

// Size writes bytes as people read them: 4 GiB, 1536 MiB, 124.8 MiB.
func Size(bytes int64) string {
	const gib = 1 << 30
	switch {
	case bytes >= gib && bytes%gib == 0:
		return fmt.Sprintf("%d GiB", bytes/gib)
	case bytes%mib == 0:
		return fmt.Sprintf("%d MiB", bytes/mib)
	}
	return fmt.Sprintf("%d.%d MiB", bytes/mib, bytes%mib*10/mib)
}
