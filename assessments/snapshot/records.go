// Package snapshot owns the wire format plimsoll.snapshot/v1: its record types, the streaming writer and reader, their
// bounds, and the JSON Schema made from the types. It is what collectors and server share, and it knows neither.
//
// A pointer field that is nil was not collected: readers must treat it as unknown, never as zero.
package snapshot

import "time"

// Schema names the format and its major version. A reader refuses any other major by name.
const Schema = "plimsoll.snapshot/v1"

// SchemaMinor grows with each compatible addition. Records and fields of a newer minor are passed over with a note.
const SchemaMinor = 0

// Kind tells what a line of a snapshot is.
type Kind string

// The record kinds of version 1.
const (
	KindHeader           Kind = "header"
	KindCluster          Kind = "cluster"
	KindNode             Kind = "node"
	KindNamespace        Kind = "namespace"
	KindWorkload         Kind = "workload"
	KindWorkloadPods     Kind = "workload.pods"
	KindService          Kind = "service"
	KindDisruptionBudget Kind = "disruptionBudget"
	KindAutoscaler       Kind = "autoscaler"
	KindNetworkPolicy    Kind = "networkPolicy"
	KindCustomResource   Kind = "customResource"
	KindRelease          Kind = "release"
	KindNetwork          Kind = "network"
	KindEndpoints        Kind = "endpoints"
	KindIngress          Kind = "ingress"
	KindWebhook          Kind = "webhook"
	KindCRD              Kind = "crd"
	KindStorageClass     Kind = "storageClass"
	KindPersistentVolume Kind = "persistentVolume"
	KindVolumeClaim      Kind = "volumeClaim"
	KindBackup           Kind = "backup"
	KindRepository       Kind = "repository"
	KindAPIUse           Kind = "apiUse"
	KindEventSummary     Kind = "eventSummary"
	KindNote             Kind = "note"
	KindTrailer          Kind = "trailer"
)

// Record is one line of a snapshot.
type Record interface{ RecordKind() Kind }

// Source says what a snapshot was taken from.
type Source string

// The sources of a snapshot.
const (
	SourceCluster    Source = "cluster"
	SourceManifests  Source = "manifests"
	SourceRepository Source = "repository"
	SourceNode       Source = "node"
)

// Header is the first record of every snapshot.
type Header struct {
	Schema           string    `json:"schema"`
	SchemaMinor      int       `json:"schemaMinor,omitzero"`
	CollectorVersion string    `json:"collectorVersion"`
	CollectorBuild   string    `json:"collectorBuild,omitzero"` // digest of the collector's binary, where known
	Source           Source    `json:"source"`
	TakenAt          time.Time `json:"takenAt"`
	PlatformUID      string    `json:"platformUid,omitzero"` // uid of the namespace kube-system; empty where there is no cluster
	Scope            Scope     `json:"scope,omitzero"`
	RedactedNames    bool      `json:"redactedNames,omitzero"`  // names are pseudonyms
	RedactionKeyID   string    `json:"redactionKeyId,omitzero"` // of the key that they are made with; it tells two keys apart and nothing else
}

// Scope says how far the collector looked. What was refused is unknown, never absent.
type Scope struct {
	Namespaces []string `json:"namespaces,omitzero"` // empty: all
	Refused    []string `json:"refused,omitzero"`    // resources such as "nodes" or "services"; the reason stands in a note
	Collected  []string `json:"collected,omitzero"`  // resources that were read whole (of Resources); what is in neither list was not looked at
}

// Resources are the names by which Scope and notes speak of what a collector reads, as the API names them where it does.
var Resources = []string{
	"nodes", "namespaces", "pods", "workloads", "services", "endpointslices", "ingresses", "networkpolicies", "poddisruptionbudgets",
	"horizontalpodautoscalers", "webhooks", "customresourcedefinitions", "storageclasses", "persistentvolumes", "persistentvolumeclaims",
	"events", "releases", "backups", "api-metrics", "limitranges", "kube-proxy", "cni", "load-balancers", "servicecidrs",
}

// Place says where a manifest stood: the file as given, and the line its document or field starts at (1-based).
type Place struct {
	File     string `json:"file,omitzero"`
	Line     int    `json:"line,omitzero"`
	Document int    `json:"document,omitzero"` // 1-based within the file
}

// Ref names an object of the snapshot. Input is set over manifests alone, where two files may hold objects of one name.
type Ref struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitzero"`
	Name      string `json:"name"`
	Place     Place  `json:"place,omitzero"`
}

// Note says what could not be read, and why.
type Note struct {
	Resource  string `json:"resource,omitzero"` // nodes, services …
	Namespace string `json:"namespace,omitzero"`
	Reason    string `json:"reason"` // forbidden, absent, timeout, skipped, newer
	Detail    string `json:"detail,omitzero"`
	Place     Place  `json:"place,omitzero"`
}

// Trailer is the last record: it finds out a cut-off or damaged file.
type Trailer struct {
	Counts map[Kind]int `json:"counts"`
	SHA256 string       `json:"sha256"` // hex, of all lines before the trailer, newlines included
	// Signature is the Ed25519 signature of SHA256's text in base64, by the key that KeyID names; empty where nobody signed.
	Signature string `json:"signature,omitzero"`
	KeyID     string `json:"keyId,omitzero"`
}

func (Header) RecordKind() Kind  { return KindHeader }
func (Note) RecordKind() Kind    { return KindNote }
func (Trailer) RecordKind() Kind { return KindTrailer }
