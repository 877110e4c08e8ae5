package facts

// UnresolvedService names the first service of a namespace whose selector reaches nothing that the input holds; empty where
// there is none. What hangs on such a service can't be told: its pods may be made by something outside the input.
func (f *Facts) UnresolvedService(namespace string) string { return f.unresolvedServices[namespace] }

// UnresolvedBudget is UnresolvedService for disruption budgets.
func (f *Facts) UnresolvedBudget(namespace string) string { return f.unresolvedBudgets[namespace] }

// indexUnresolved finds them once: rules ask for every workload.
func (f *Facts) indexUnresolved() {
	f.unresolvedServices, f.unresolvedBudgets = map[string]string{}, map[string]string{}
	for _, s := range f.Services {
		if _, known := f.unresolvedServices[s.Namespace]; s.SelectorUnresolved && !known {
			f.unresolvedServices[s.Namespace] = s.Name
		}
	}
	for _, b := range f.Budgets {
		if _, known := f.unresolvedBudgets[b.Namespace]; b.SelectorUnresolved && !known {
			f.unresolvedBudgets[b.Namespace] = b.Name
		}
	}
}
