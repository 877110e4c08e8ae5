package manifests

import (
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// takeFurther takes the kinds that no workload hangs on: storage, admission webhooks, ways in, and what saves state.
func (r *reading) takeFurther(node *yaml.Node, meta kube.TypeMeta) error {
	switch {
	case kube.IsStorage(meta, "StorageClass"):
		return keep(r, node, meta, func(c *kube.StorageClass) *kube.Object { return &c.Object }, func(c *kube.StorageClass, place snapshot.Place) []snapshot.Record {
			record := kube.StorageClassRecord(c)
			record.Place = place
			return []snapshot.Record{record}
		})
	case meta == kube.TypeMeta{APIVersion: "v1", Kind: "PersistentVolume"}:
		return keep(r, node, meta, func(v *kube.PersistentVolume) *kube.Object { return &v.Object }, func(v *kube.PersistentVolume, place snapshot.Place) []snapshot.Record {
			record := kube.PersistentVolumeRecord(v)
			record.Place = place
			return []snapshot.Record{record}
		})
	case meta == kube.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"}:
		return keep(r, node, meta, func(c *kube.VolumeClaim) *kube.Object { return &c.Object }, func(c *kube.VolumeClaim, place snapshot.Place) []snapshot.Record {
			record := kube.VolumeClaimRecord(c)
			record.Place = place
			return []snapshot.Record{record}
		})
	case kube.IsWebhookConfiguration(meta):
		return keep(r, node, meta, func(c *kube.WebhookConfiguration) *kube.Object { return &c.Object }, webhooks)
	case kube.IsIngress(meta):
		return keep(r, node, meta, func(i *kube.Ingress) *kube.Object { return &i.Object }, func(i *kube.Ingress, place snapshot.Place) []snapshot.Record {
			record := kube.IngressRecord(i)
			record.Place = place
			return []snapshot.Record{record}
		})
	case kube.IsSaved(meta):
		s, err := decode(node, meta, func(s *kube.Saved) *kube.Object { return &s.Object })
		if err == nil {
			r.c.backups.Add(s)
		}
		return err
	}
	return nil
}

func webhooks(c *kube.WebhookConfiguration, place snapshot.Place) []snapshot.Record {
	var records []snapshot.Record
	for _, record := range kube.WebhookRecords(c, nil) {
		record.Place = place
		records = append(records, record)
	}
	return records
}

// keep decodes an object and holds its records until the end.
func keep[T any](r *reading, node *yaml.Node, meta kube.TypeMeta, object func(*T) *kube.Object, convert func(*T, snapshot.Place) []snapshot.Record) error {
	decoded, err := decode(node, meta, object)
	if err != nil {
		return err
	}
	records := convert(decoded, r.place(node))
	for _, record := range records {
		if err := snapshot.Check(record); err != nil {
			return err
		}
	}
	r.c.further = append(r.c.further, records...)
	return nil
}
