package node

import (
	"regexp"
	"strconv"
	"strings"
)

// release is what a kernel calls itself: at most 64 characters (uname(2)), of these.
var release = regexp.MustCompile(`^[0-9][A-Za-z0-9._+~-]{0,63}$`)

// kernel is the release of the running kernel, "" where it is not known.
func (m *machine) kernel() string {
	const name = "sys/kernel/osrelease"
	text, err := contents(m.proc, name, 2*maxFigureBytes)
	text = strings.TrimSuffix(text, "\n")
	switch {
	case err != nil:
		m.failed("kernel", name, err)
		return ""
	case !release.MatchString(text):
		m.unread("kernel", "skipped", "%s was passed over: it holds no version", name)
		return ""
	}
	return text
}

// maxProcessors is beyond what Linux can be built for (8,192 on x86) several times over.
const maxProcessors = 65_536

// processors counts those that are on, as the kubelet does; 0 where they are not known.
func (m *machine) processors() int {
	const name = "devices/system/cpu/online"
	text, err := contents(m.sys, name, maxListBytes)
	n := 0
	if err == nil {
		n, err = countList(strings.TrimSuffix(text, "\n"))
	}
	if err != nil {
		m.failed("processors", name, err)
	}
	return n
}

// countList counts a list of the kernel's: 0-3,8,10-11.
func countList(text string) (int, error) {
	total, next := 0, 0
	for part := range strings.SplitSeq(text, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		first, errFirst := strconv.ParseUint(low, 10, 31)
		last, errLast := strconv.ParseUint(high, 10, 31)
		if errFirst != nil || errLast != nil || int(first) < next || last < first || last >= maxProcessors {
			return 0, errNoNumber
		}
		total += int(last-first) + 1
		next = int(last) + 1
	}
	return total, nil
}

// cgroup tells the version that a kubelet here finds: 2 only where the one tree stands at the top. A machine with both (hybrid) keeps
// its limits in version 1. 0 where neither is there.
//
// Source: Linux, Documentation/admin-guide/cgroup-v2.rst (cgroup.controllers is in the root of a version 2 tree alone).
func (m *machine) cgroup() int {
	if m.isFile("fs/cgroup/cgroup.controllers") {
		return 2
	}
	for _, controller := range []string{"memory", "cpu", "cpuset", "pids"} {
		if m.isFile("fs/cgroup/" + controller + "/cgroup.procs") {
			return 1
		}
	}
	m.unread("cgroup", "absent", "fs/cgroup holds neither version's files")
	return 0
}

func (m *machine) isFile(name string) bool {
	info, err := m.sys.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
