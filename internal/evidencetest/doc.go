// Package evidencetest proves that what the collectors take is enough for every rule to come to both of its ends: it writes a sound and a
// faulty cluster on a real API server, makes repositories and reads this machine, collects all of them, and judges what was collected. No
// record is written by hand.
//
// The objects stand in testdata, a file for each pillar and one for the cluster itself. In the faulty cluster an object has the name of the
// rule that it fails.
package evidencetest
