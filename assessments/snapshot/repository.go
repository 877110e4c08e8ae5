package snapshot

import "time"

// Repository is a repository of source: what it delivers, and how that has changed.
type Repository struct {
	Name         string       `json:"name"` // its folder's name
	Charts       []Chart      `json:"charts,omitzero"`
	Pipelines    []Pipeline   `json:"pipelines,omitzero"`
	Dockerfiles  []Dockerfile `json:"dockerfiles,omitzero"`
	ReleaseNotes []string     `json:"releaseNotes,omitzero"`  // files, relative to the repository
	CodeLanguage []string     `json:"codeLanguages,omitzero"` // of application code beside the charts, by build files: maven, gradle, npm, go …
	History      bool         `json:"history,omitzero"`       // git history was read
	HistoryCut   bool         `json:"historyCut,omitzero"`    // and it does not reach back to the beginning: a shallow clone, a bound, missing objects
}

// Chart is a Helm chart in a repository.
type Chart struct {
	Name         string         `json:"name"`
	Path         string         `json:"path"` // folder, relative to the repository
	Place        Place          `json:"place,omitzero"`
	Version      string         `json:"version,omitzero"`
	AppVersion   string         `json:"appVersion,omitzero"`
	ReleaseNotes bool           `json:"releaseNotes,omitzero"` // the present version has an entry of its own
	Versions     []ChartVersion `json:"versions,omitzero"`     // from old to new
}

// ChartVersion is one change of a chart in the history, told by what it touched.
type ChartVersion struct {
	Version    string     `json:"version"`
	AppVersion string     `json:"appVersion,omitzero"`
	At         *time.Time `json:"at,omitzero"`
	Templates  bool       `json:"templates,omitzero"`  // templates, CRDs or dependencies differ from the entry before
	Values     bool       `json:"values,omitzero"`     // the chart's default values differ
	ImageTags  bool       `json:"imageTags,omitzero"`  // only image tags differ in the values
	NotesAdded bool       `json:"notesAdded,omitzero"` // the version is new with this entry, and release notes named it while it stood
	Tagged     bool       `json:"tagged,omitzero"`     // a git tag names this version while it stood
	Unread     bool       `json:"unread,omitzero"`     // templates or values could not be read: whether they differ is not known
	Images     []string   `json:"images,omitzero"`     // that templates and default values name, in order
}

// Pipeline is a pipeline definition.
type Pipeline struct {
	Tool             string `json:"tool"` // jenkins, github, gitlab, tekton, argo
	File             string `json:"file"`
	SetsChartVersion bool   `json:"setsChartVersion,omitzero"` // it packages a chart under a version of its own: helm package --version
}

// Dockerfile is what an image is built from.
type Dockerfile struct {
	File    string   `json:"file"`
	Bases   []string `json:"bases,omitzero"`   // FROM references, build arguments replaced by their defaults
	Runtime *Runtime `json:"runtime,omitzero"` // recognised flags of its ENTRYPOINT, CMD and ENV
}

func (Repository) RecordKind() Kind { return KindRepository }
