package node

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"plimsoll/assessments/snapshot"
)

const (
	netfilter = "sys/net/netfilter/nf_conntrack_"
	ofTable   = "conntrack"
)

// conntrack reads the table of the network namespace that this program runs in: the kernel shows no other, whatever /proc it is
// asked through. In a namespace other than the machine's first the maximum cannot be written, whoever asks; there the count is that
// of a container alone and is left out, for a table that looks empty would be a false comfort.
//
// Source: Linux, net/netfilter/nf_conntrack_standalone.c, nf_conntrack_standalone_init_sysctl ("Don't allow non-init_net ns to alter
// global sysctls"); Documentation/networking/nf_conntrack-sysctl.rst.
func (m *machine) conntrack(at time.Time) *snapshot.Conntrack {
	most, err := figure(m.proc, netfilter+"max")
	if errors.Is(err, fs.ErrNotExist) {
		m.unread(ofTable, "absent", "the kernel tracks no connections, or does not show it here: %smax is not there", netfilter)
		return nil
	}
	count, errCount := figure(m.proc, netfilter+"count")
	if err != nil {
		m.failed(ofTable, netfilter+"max", err)
		return nil
	}
	if errCount != nil {
		m.failed(ofTable, netfilter+"count", errCount)
		return nil
	}
	if info, err := m.proc.Stat(netfilter + "max"); !m.own && (err != nil || info.Mode().Perm()&0o200 == 0) {
		m.unread(ofTable, "skipped", "this is a network namespace of its own, whose connections are not the machine's: run on the host, or with "+
			"hostNetwork; where the node is itself a container, say --own-network")
		return nil
	}
	table := &snapshot.Conntrack{Count: count, Max: most, Source: sourceNode, ReadAt: &at}
	for _, setting := range []struct {
		name string
		into **int64
	}{
		{"buckets", &table.Buckets},
		{"tcp_timeout_established", &table.TCPEstablishedSeconds},
		{"tcp_timeout_close_wait", &table.TCPCloseWaitSeconds},
		{"tcp_timeout_time_wait", &table.TCPTimeWaitSeconds},
		{"udp_timeout", &table.UDPSeconds},
		{"udp_timeout_stream", &table.UDPStreamSeconds},
	} {
		n, err := figure(m.proc, netfilter+setting.name)
		switch {
		case err == nil:
			*setting.into = &n
		case !errors.Is(err, fs.ErrNotExist): // kernels differ in what they have
			m.failed(ofTable, netfilter+setting.name, err)
		}
	}
	table.InsertFailed, table.Dropped = m.losses()
	return table
}

// losses adds up over the processors what did not find a place since the machine started. A kernel may be built without this file.
func (m *machine) losses() (insertFailed, dropped *int64) {
	const name = "net/stat/nf_conntrack"
	text, err := contents(m.proc, name, maxListBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var failed, drop int64
	if err == nil {
		failed, drop, err = addLosses(text)
	}
	if err != nil {
		m.failed(ofTable, name, err)
		return nil, nil
	}
	return &failed, &drop
}

// addLosses reads a line of names and a line of hexadecimal figures for each processor.
func addLosses(text string) (insertFailed, dropped int64, err error) {
	head, rest, _ := strings.Cut(text, "\n")
	names := strings.Fields(head)
	columns := map[string]*int64{"insert_failed": &insertFailed, "drop": &dropped}
	for name := range columns {
		if first := slices.Index(names, name); first < 0 || slices.Contains(names[first+1:], name) {
			return 0, 0, errNoNumber
		}
	}
	for line := range strings.Lines(rest) {
		values := strings.Fields(line)
		if len(values) != len(names) {
			return 0, 0, errNoNumber
		}
		for i, value := range values {
			n, err := strconv.ParseUint(value, 16, 32)
			if err != nil {
				return 0, 0, errNoNumber
			}
			if sum := columns[names[i]]; sum != nil {
				*sum += int64(n)
			}
		}
	}
	return insertFailed, dropped, nil
}
