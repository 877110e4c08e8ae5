package contradictions

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/reference"
)

var k14 = assessments.Pair{
	ID:        "K-14",
	Questions: []string{"L6"},
	Observes: "What saves the cluster's state: Velero's backups and schedules, volume snapshots and CronJobs that save etcd with their last success, " +
		"and workloads of backup tools by their images.",
	Guard: "Backups from outside of the cluster can't be seen: it only asks.",
	Look:  lookAtBackup,
}

func lookAtBackup(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "L6")
	}
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "L6")
	}
	signs, newest := backupSigns(v)
	tools := backupTools(v)
	switch {
	case newest != nil:
		return []assessments.Sight{judgeBackupAge(v, *newest, signs)}
	case len(signs) > 0 && claims(v, "L6.a", "L6.b"):
		return []assessments.Sight{asks("L6", "A restore within a year is claimed, and no backup that is seen here has ever succeeded. What was it restored from?", signs...)}
	case len(tools) > 0:
		return []assessments.Sight{saw("L6", "", append(signs, evidence("backup tools", "%s", strings.Join(tools, ", ")))...)}
	case len(signs) > 0:
		return []assessments.Sight{saw("L6", "", signs...)}
	case claims(v, "L6.a"):
		return []assessments.Sight{asks("L6", "A restore within three months is claimed, and no backup tool runs in the cluster. What was it restored from?")}
	}
	if reason, unseen := v.Unseen("backups"); unseen {
		return cannotSee("backups could not be read ("+reason+"), and no backup tool runs in the cluster", "L6")
	}
	return cannotSee("no backup tool runs in the cluster; one outside of it is not seen", "L6")
}

// backupSigns are the sums of what saves state, with the newest success among them; nil without any.
func backupSigns(v assessments.PairView) (signs []assessments.Evidence, newest *time.Time) {
	for _, b := range v.Backups {
		said := fmt.Sprintf("%d, of which %d failed and %d are paused; last success ", b.Count, b.Failed, b.Paused)
		if b.LastSuccess == nil {
			said += "not seen"
		} else {
			said += b.LastSuccess.Format(time.DateOnly)
			if newest == nil || b.LastSuccess.After(*newest) {
				newest = b.LastSuccess
			}
		}
		signs = append(signs, evidence(b.Tool+" "+b.ObjectKind, "%s", said))
	}
	return signs, newest
}

// judgeBackupAge bounds the claim: what was restored lately can't be younger than the newest backup that succeeded. Restores of old backups
// and backups elsewhere are possible, so it only asks.
func judgeBackupAge(v assessments.PairView, newest time.Time, signs []assessments.Evidence) assessments.Sight {
	allowed := ""
	switch {
	case newest.Before(v.AsOf.AddDate(-1, 0, 0)):
		allowed = "L6.c"
	case newest.Before(v.AsOf.AddDate(0, -3, 0)):
		allowed = "L6.b"
	default:
		return saw("L6", "", signs...)
	}
	return saw("L6", atMost(v, allowed), signs...)
}

func backupTools(v assessments.PairView) []string {
	var found []string
	for _, w := range v.Workloads {
		for _, c := range w.Containers {
			if name := c.Image.Name(); reference.IsBackup(name) && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	slices.Sort(found)
	return found
}
