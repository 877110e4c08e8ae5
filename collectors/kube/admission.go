package kube

import (
	"slices"

	"plimsoll/assessments/snapshot"
)

// WebhookConfiguration is a ValidatingWebhookConfiguration or a MutatingWebhookConfiguration.
type WebhookConfiguration struct {
	Object
	Webhooks []AdmissionWebhook `json:"webhooks"`
}

// AdmissionWebhook is one webhook of a configuration. Its certificate and its address outside of the cluster are not read.
type AdmissionWebhook struct {
	Name         string `json:"name"`
	ClientConfig struct {
		Service *struct {
			Namespace string `json:"namespace"`
			Name      string `json:"name"`
		} `json:"service"`
	} `json:"clientConfig"`
	Rules []struct {
		Groups     []string `json:"apiGroups"`
		Resources  []string `json:"resources"`
		Operations []string `json:"operations"`
		Scope      string   `json:"scope"`
	} `json:"rules"`
	FailurePolicy     string         `json:"failurePolicy"`
	Timeout           Int            `json:"timeoutSeconds"`
	NamespaceSelector *LabelSelector `json:"namespaceSelector"`
	ObjectSelector    *LabelSelector `json:"objectSelector"`
	MatchConditions   []Present      `json:"matchConditions"`
}

const groupAdmission = "admissionregistration.k8s.io"

// IsWebhookConfiguration reports whether a type is read as a configuration of admission webhooks.
func IsWebhookConfiguration(t TypeMeta) bool {
	return t.Group() == groupAdmission && (t.Kind == "ValidatingWebhookConfiguration" || t.Kind == "MutatingWebhookConfiguration")
}

// systemNamespaceLabels are the labels of kube-system that every server since 1.21 sets itself.
var systemNamespaceLabels = map[string]string{"kubernetes.io/metadata.name": "kube-system"}

// WebhookRecords gives one record for each webhook, with the defaults of the configuration's API version: v1beta1 let a request pass that
// could not be asked about, v1 does not. SystemLabels are the labels of kube-system; nil where they were not seen.
func WebhookRecords(c *WebhookConfiguration, systemLabels map[string]string) []snapshot.Webhook {
	if systemLabels == nil {
		systemLabels = systemNamespaceLabels
	}
	policy, timeout := "Fail", int64(10)
	if c.APIVersion == groupAdmission+"/v1beta1" {
		policy, timeout = "Ignore", 30
	}
	out := make([]snapshot.Webhook, 0, len(c.Webhooks))
	for i := range c.Webhooks {
		w := &c.Webhooks[i]
		record := snapshot.Webhook{
			ObjectKind: c.Kind, Configuration: c.Meta.DisplayName(), Name: w.Name, APIVersion: c.APIVersion, FailurePolicy: orDefault(w.FailurePolicy, policy),
			TimeoutSeconds: int(min(max(w.Timeout.Or(timeout), 0), maxInt)), MatchConditions: len(w.MatchConditions) > 0,
			NamespaceSelector: w.NamespaceSelector != nil && !w.NamespaceSelector.IsEmpty(),
			ObjectSelector:    w.ObjectSelector != nil && !w.ObjectSelector.IsEmpty(),
		}
		record.ExcludesSystem = record.NamespaceSelector && !w.NamespaceSelector.Matches(systemLabels)
		record.ExcludesUnlabelled = record.ObjectSelector && !w.ObjectSelector.Matches(nil)
		if service := w.ClientConfig.Service; service != nil {
			record.ServiceNamespace, record.Service = service.Namespace, service.Name
		}
		for _, r := range w.Rules {
			record.Rules = append(record.Rules, snapshot.WebhookRule{
				Groups: slices.Clone(r.Groups), Resources: slices.Clone(r.Resources), Operations: slices.Clone(r.Operations), Scope: orDefault(r.Scope, "*"),
			})
		}
		out = append(out, record)
	}
	return out
}
