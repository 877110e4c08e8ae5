package reference

import "strings"

// ProbeDefaults are the API's defaults of a probe's fields, in seconds and counts.
type ProbeDefaults struct {
	InitialDelaySeconds int `yaml:"initialDelaySeconds"`
	PeriodSeconds       int `yaml:"periodSeconds"`
	TimeoutSeconds      int `yaml:"timeoutSeconds"`
	SuccessThreshold    int `yaml:"successThreshold"`
	FailureThreshold    int `yaml:"failureThreshold"`
	GraceSeconds        int `yaml:"graceSeconds"` // of the pod
	Provenance          `yaml:",inline"`
}

// ProbeFeature says from which minor a feature of probes is there.
type ProbeFeature struct {
	Feature    string `yaml:"feature"` // startupProbe, grpc, probeGrace, sidecarProbes, execTimeout
	Beta       Minor  `yaml:"beta"`    // on by default from here
	Stable     Minor  `yaml:"stable"`
	Provenance `yaml:",inline"`
}

// Recovery is how long a product was seen to need after a crash.
type Recovery struct {
	Product      string   `yaml:"product"`
	Images       []string `yaml:"images"`      // patterns over registry and repository
	LowSeconds   int64    `yaml:"lowSeconds"`  // low end of the range; 0: no figure, so that it decides nothing
	HighSeconds  int64    `yaml:"highSeconds"` // of the common range
	WorstSeconds int64    `yaml:"worstSeconds"`
	Mechanism    string   `yaml:"mechanism"`
	Provenance   `yaml:",inline"`

	patterns []pattern
}

// BackOff is how long the kubelet waits before it starts a container again: not at all after its first end, then from the initial
// wait on, doubled each time. A container that ran longer than the reset begins anew.
type BackOff struct {
	InitialSeconds    int64 `yaml:"initialSeconds"`
	MaxSeconds        int64 `yaml:"maxSeconds"`
	ResetAfterSeconds int64 `yaml:"resetAfterSeconds"`
	Provenance        `yaml:",inline"`
}

// DeepPath is an HTTP path whose answer is known to hang on what a service depends on.
type DeepPath struct {
	Framework  string `yaml:"framework"`
	Path       string `yaml:"path"`    // how the path ends, without the first slash, in lower case
	Asks       string `yaml:"asks"`    // what its answer hangs on
	Instead    string `yaml:"instead"` // the ending that asks the process alone
	Since      string `yaml:"since"`   // the release that has it; empty: long since
	Provenance `yaml:",inline"`
}

// ChartProbe is a probe as a chart sets it by default.
type ChartProbe struct {
	Enabled             bool `yaml:"enabled"`
	InitialDelaySeconds int  `yaml:"initialDelaySeconds"`
	PeriodSeconds       int  `yaml:"periodSeconds"`
	TimeoutSeconds      int  `yaml:"timeoutSeconds"`
	FailureThreshold    int  `yaml:"failureThreshold"`
}

// ChartProbes are a chart's default probes; nil where the chart sets none.
type ChartProbes struct {
	Chart      string      `yaml:"chart"`
	Liveness   *ChartProbe `yaml:"liveness"`
	Startup    *ChartProbe `yaml:"startup"`
	Provenance `yaml:",inline"`
}

type probesDocument struct {
	About    about          `yaml:"about"`
	Defaults ProbeDefaults  `yaml:"defaults"`
	Features []ProbeFeature `yaml:"features"`
	Recovery []Recovery     `yaml:"recovery"`
	Charts   []ChartProbes  `yaml:"charts"`
	BackOff  BackOff        `yaml:"backOff"`
	Deep     []DeepPath     `yaml:"deep"`
}

func (d *probesDocument) head() about { return d.About }
func (d *probesDocument) rows() int {
	return 2 + len(d.Features) + len(d.Recovery) + len(d.Charts) + len(d.Deep)
}

var probes = prepared("probes", &probesDocument{}, func(document *probesDocument) {
	for i := range document.Recovery {
		document.Recovery[i].patterns = compile(document.Recovery[i].Images)
	}
})

// ProbeFieldDefaults returns the API's defaults.
func ProbeFieldDefaults() ProbeDefaults { return probes().Defaults }

// ProbeFeatureOf returns one feature of probes.
func ProbeFeatureOf(feature string) (ProbeFeature, bool) {
	for _, row := range probes().Features {
		if row.Feature == feature {
			return row, true
		}
	}
	return ProbeFeature{}, false
}

// Available reports whether a minor has the feature without anyone switching it on.
func (f ProbeFeature) Available(minor Minor) bool {
	return minor >= f.Stable || f.Beta > 0 && minor >= f.Beta
}

// RecoveryOf returns the recovery time of the product in an image, by registry and repository. Only rows with a figure count.
func RecoveryOf(imagePath string) (Recovery, bool) {
	return knownRecoveries.get(imagePath, findRecovery)
}

var knownRecoveries memo[Recovery]

func findRecovery(imagePath string) (Recovery, bool) {
	for _, row := range probes().Recovery {
		if row.LowSeconds > 0 && matchesAny(row.patterns, imagePath) {
			return row, true
		}
	}
	return Recovery{}, false
}

// RestartBackOff returns the kubelet's waiting before restarts.
func RestartBackOff() BackOff { return probes().BackOff }

// DeepPathOf returns what is known of a probe's path that checks dependencies; paths that no row knows are told nothing of.
func DeepPathOf(path string) (DeepPath, bool) {
	path = strings.TrimSuffix(strings.ToLower(path), "/")
	for _, row := range probes().Deep {
		if before, found := strings.CutSuffix(path, row.Path); found && (before == "" || before[len(before)-1] == '/') {
			return row, true
		}
	}
	return DeepPath{}, false
}

// Recoveries lists what is known of products' recovery, with and without figures.
func Recoveries() []Recovery { return probes().Recovery }

// DefaultChartProbes lists the probes that well-known charts set.
func DefaultChartProbes() []ChartProbes { return probes().Charts }
