package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCollectorUploadsByToken makes a token in the browser and lets the collector send what it sees, by the command that the
// page shows.
func TestCollectorUploadsByToken(t *testing.T) {
	p := newPerson(t)
	p.signsIn("Mara")
	platform := p.names("Eastwind Couriers", "Parcels")
	p.follows(func() { p.presses("Snapshots") })
	command := strings.Fields(p.text("#command"))
	require.Equal(t, "plimsoll-collect", command[0])

	p.opens(platform[:strings.Index(platform, "/platforms/")] + "/tokens")
	p.types("#name", "nightly")
	p.follows(func() { p.presses("Make the token") })
	p.isAccessible()
	secret := p.text("#secret")
	require.NotEmpty(t, secret)
	file := filepath.Join(t.TempDir(), "token.txt")
	require.NoError(t, os.WriteFile(file, []byte(secret+"\n"), 0o600))

	for i, argument := range command {
		if command[max(0, i-1)] == "--token-file" {
			require.Equal(t, "token.txt", argument)
			command[i] = file
		}
	}
	_, code := run(t, command[0], append(command[1:], "--sign", "--kubeconfig", harbour(t).Kubeconfig)...)
	require.Zero(t, code)
	p.opens(platform)
	p.scored()
	require.Regexp(t, regexp.MustCompile(`19 workloads`), p.text("#about"))
	p.opens(platform + "/snapshots")
	p.reads("nightly")
	p.reads("scored")
	p.reads("signed by token nightly")
	p.noComplaints()
}
