package reference

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSystemsByWhatNodesSay(t *testing.T) {
	for image, want := range map[string]string{
		"Ubuntu 22.04.4 LTS":                                    "Ubuntu 22.04",
		"Ubuntu 24.10":                                          "Ubuntu 24.10",
		"Debian GNU/Linux 11 (bullseye)":                        "Debian 11",
		"Debian GNU/Linux trixie/sid":                           "",
		"CentOS Linux 7 (Core)":                                 "CentOS Linux 7",
		"CentOS Stream 8":                                       "CentOS Stream 8",
		"Red Hat Enterprise Linux 8.6 (Ootpa)":                  "Red Hat Enterprise Linux 8",
		"Red Hat Enterprise Linux Server 7.9 (Maipo)":           "Red Hat Enterprise Linux 7",
		"Red Hat Enterprise Linux CoreOS 412.86.202212 (Ootpa)": "",
		"Amazon Linux 2":                                        "Amazon Linux 2",
		"Amazon Linux 2023.6.20241010":                          "Amazon Linux 2023",
		"Rocky Linux 9.3 (Blue Onyx)":                           "Rocky Linux 9",
		"SUSE Linux Enterprise Server 15 SP4":                   "SUSE Linux Enterprise Server 15.4",
		"SUSE Linux Enterprise Server 15":                       "SUSE Linux Enterprise Server 15.0",
		"openSUSE Leap 15.5":                                    "openSUSE Leap 15.5",
		"Fedora CoreOS 38.20230819.3.0":                         "Fedora 38",
		"Windows Server 2019 Datacenter":                        "Windows Server 2019",
		"Bottlerocket OS 1.19.2 (aws-k8s-1.29)":                 "",
		"Container-Optimized OS from Google":                    "",
		"Talos (v1.9.0)":                                        "",
		"Flatcar Container Linux by Kinvolk 3815.2.0 (Oklo)":    "",
		"": "",
	} {
		row, found := OSReleaseOf(image)
		require.Equal(t, want != "", found, image)
		if found {
			require.Equal(t, want, row.Name(), image)
		}
	}
}

func TestEveryLineOfASystemCanBeTold(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range OSReleases() {
		require.False(t, seen[row.Name()], row.Name())
		seen[row.Name()] = true
		require.False(t, row.EndOfLife.IsZero(), row.Name())
		require.True(t, row.ExtendedEnd.IsZero() || row.ExtendedEnd.After(row.EndOfLife.Time), row.Name())
		require.NotPanics(t, func() { regexp.MustCompile(row.Pattern) })
	}
}

func TestInTreeVolumesByFieldAndByProvisioner(t *testing.T) {
	for _, row := range inTree().Rows {
		require.Less(t, row.DeprecatedIn, row.RemovedIn, row.Field)
		require.Equal(t, row.CSI != "", row.Migrated > 0, row.Field)
		byField, found := InTreeVolumeOf(row.Field)
		require.True(t, found)
		require.Equal(t, row, byField)
		if row.Provisioner != "" {
			byProvisioner, found := InTreeProvisionerOf(row.Provisioner)
			require.True(t, found)
			require.Equal(t, row, byProvisioner)
		}
	}
	_, found := InTreeProvisionerOf("")
	require.False(t, found)
	_, found = InTreeVolumeOf("nfs")
	require.False(t, found)
}
