package questionnaire

// Figures placeholder
type Figures struct{}
