package lifecycle

import (
	"cmp"
	"fmt"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/rules"
)

const (
	certificateDays = 30 // before its end; the catalogue's figure
	// shortLivedDays is how long a certificate lives at most that nobody renews by hand. The figure is ours.
	shortLivedDays = 90
)

var certificateExpiry = assessments.Rule{
	ID:          "lifecycle/certificate-expiry",
	SubjectKind: "cluster",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return []assessments.Outcome{judgeCertificate(v, assessments.AboutCluster())}
	},
	Text: assessments.Text{
		Title: "The API server's certificate does not end within 30 days",
		What:  "The certificate that the API server showed in the collector's own handshake.",
		Why: "When the API server's certificate ends, no kubelet, controller or person can speak to the cluster, and the upgrade that would " +
			"have renewed it can't run any more. kubeadm's certificates live a year: a cluster that is not upgraded for a year loses them.",
		How: "Fails where the certificate was issued by the cluster's own CA (the one that the collector was given to trust it by) and ends " +
			"within 30 days of the day of the assessment, or has ended. A certificate made for 90 days or less is renewed by a machine (the 90 " +
			"days are ours): it fails only once it has ended.\n\n" +
			"Not applicable: a certificate of another CA, such as a load balancer's or a proxy's in front. Unknown: no handshake was seen, nothing " +
			"tells who issued it, files without a cluster.",
		Evidence: "The end and the issuer of the certificate, and the day it is judged at.",
		Mend: "Renew the certificates with the tool that made the cluster (kubeadm certs renew all, then restart the control plane's static pods), " +
			"or upgrade: kubeadm renews them on each upgrade. Nothing in a manifest does it, so there is no patch.",
		Sources: []string{
			"Kubernetes documentation, Certificate Management with kubeadm: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/",
		},
		DoesNotCatch: "The certificates of kubelets and of etcd, of the front proxy and of the CA itself, and those of the other API servers behind " +
			"one address: none is seen in a handshake.",
	},
}

func judgeCertificate(v assessments.View, o assessments.Outcome) assessments.Outcome {
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	switch {
	case v.Cluster == nil || v.Cluster.ServingCertEnd == nil:
		return o.Unknown("no handshake with the API server was seen")
	case v.Cluster.ServingCertOwnCA == nil:
		return o.Unknown("nothing tells whether the cluster's own CA issued the certificate")
	case !*v.Cluster.ServingCertOwnCA:
		return o.NotApplicable("the certificate was not issued by the cluster's own CA: something in front of the API server shows it")
	}
	end := *v.Cluster.ServingCertEnd
	ended := end.Before(v.AsOf)
	switch {
	case !ended && end.After(v.AsOf.AddDate(0, 0, certificateDays)):
		return o.Pass()
	case !ended && shortLived(v.Cluster.ServingCertStart, end):
		return o.PassNoted("the certificate was made for 90 days or less, which a machine renews")
	}
	return o.Fail(assessments.Failure{
		Message: certificateMessage(v.AsOf, end),
		Evidence: []assessments.Evidence{
			{What: "certificate ends", Value: end.Format(time.DateOnly)}, {What: "issuer", Value: cmp.Or(v.Cluster.ServingCertIssuer, "not known")}, judgedAt(v),
		},
		Expected: "a certificate that lasts more than 30 days",
		Mend: assessments.Mend{Text: "Renew the control plane's certificates now, as with kubeadm certs renew all on every control-plane node, and restart " +
			"its static pods; then see to it that upgrades come often enough to renew them."},
	})
}

func shortLived(start *time.Time, end time.Time) bool {
	return start != nil && !end.After(start.AddDate(0, 0, shortLivedDays))
}

func certificateMessage(asOf, end time.Time) string {
	days := int(end.Sub(asOf) / (24 * time.Hour))
	if end.Before(asOf) {
		return fmt.Sprintf("The API server's certificate ended on %s.", end.Format(time.DateOnly))
	}
	return fmt.Sprintf("The API server's certificate ends in %s, on %s.", assessments.Counted(days, "day"), end.Format(time.DateOnly))
}
