package facts

// UnresolvedService names the first service of a namespace whose selector reaches nothing that the input holds; empty where
// there is none. What hangs on such a service can't be told: its pods may be made by something outside the input.
func (f *Facts) UnresolvedService(namespace string) string {
	for _, s := range f.Services {
		if s.Namespace == namespace && s.SelectorUnresolved {
			return s.Name
		}
	}
	return ""
}

// UnresolvedBudget is UnresolvedService for disruption budgets.
func (f *Facts) UnresolvedBudget(namespace string) string {
	for _, b := range f.Budgets {
		if b.Namespace == namespace && b.SelectorUnresolved {
			return b.Name
		}
	}
	return ""
}
