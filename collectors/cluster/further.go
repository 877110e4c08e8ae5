package cluster

import (
	"context"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// readStorage reads classes, volumes and claims.
func (c *collection) readStorage(ctx context.Context) error {
	if err := eachRecord(ctx, c, storageClasses, kube.StorageClassRecord); err != nil {
		return err
	}
	if err := eachRecord(ctx, c, persistentVolumes, kube.PersistentVolumeRecord); err != nil {
		return err
	}
	return eachRecord(ctx, c, volumeClaims, kube.VolumeClaimRecord)
}

// eachRecord reads a kind of which each object is one record and nothing is joined.
func eachRecord[T any, R snapshot.Record](ctx context.Context, c *collection, k kind, convert func(*T) R) error {
	return each(ctx, c, k, whole[T], func(object *T) error { return c.write(convert(object)) })
}

func (c *collection) readWebhooks(ctx context.Context) error {
	for _, k := range webhookKinds {
		if err := each(ctx, c, k, whole[kube.WebhookConfiguration], func(w *kube.WebhookConfiguration) error {
			w.TypeMeta = c.typeOf(k)
			for _, record := range kube.WebhookRecords(w, c.systemLabels) {
				if err := c.write(record); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) readIngresses(ctx context.Context) error {
	for _, k := range ingressKinds {
		if err := each(ctx, c, k, whole[kube.Ingress], func(i *kube.Ingress) error {
			i.TypeMeta = c.typeOf(k)
			return c.write(kube.IngressRecord(i))
		}); err != nil {
			return err
		}
	}
	return nil
}

// readBackups counts what saves state; CronJobs that do are counted with the workloads.
func (c *collection) readBackups(ctx context.Context) error {
	for _, k := range backupKinds {
		if err := each(ctx, c, k, whole[kube.Saved], func(s *kube.Saved) error {
			s.TypeMeta = c.typeOf(k)
			c.backups.Add(s)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) writeBackups() error {
	for _, record := range c.backups.Records() {
		if err := c.write(record); err != nil {
			return err
		}
	}
	return nil
}
