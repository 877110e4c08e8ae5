package snapshot_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

const someToken = "plim_aaaa"

// signed writes a small snapshot, signed by a token where one is named.
func signed(t *testing.T, token string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := snapshot.NewWriter(&out, snapshot.Header{CollectorVersion: "v1.2.3", Source: snapshot.SourceCluster, TakenAt: noon})
	require.NoError(t, err)
	if token != "" {
		w.SignWith(snapshot.SigningKey(token))
	}
	require.NoError(t, w.Write(snapshot.Node{Name: "a", CPUs: 4}))
	require.NoError(t, w.Close())
	return out.Bytes()
}

func linesOf(t *testing.T, file []byte) string {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(file))
	require.NoError(t, err)
	lines, err := io.ReadAll(zip)
	require.NoError(t, err)
	return string(lines)
}

func packed(t *testing.T, lines string) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	_, err := io.WriteString(zip, lines)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	return out.Bytes()
}

// read reads a snapshot to its end.
func read(file []byte) (*snapshot.Reader, error) {
	r := snapshot.NewReader(bytes.NewReader(file), snapshot.DefaultLimits())
	for _, err := range r.Records() {
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// The derivation is part of the format: a collector of one version signs what a server of another proves.
func TestTheKeyOfATokenIsFixed(t *testing.T) {
	public := snapshot.PublicHalf(snapshot.SigningKey(someToken))
	require.Equal(t, "fc07190921bbda5362bf54192d1700f7db361c9494369b5486dbe43e379a9c97", hex.EncodeToString(public), "as HMAC and OpenSSL make it")
	require.Equal(t, public, snapshot.SigningKey(someToken).Public())
	sum := sha256.Sum256(public)
	require.Equal(t, hex.EncodeToString(sum[:16]), snapshot.KeyID(public))
}

func TestASignatureProvesItsKeyAlone(t *testing.T) {
	r, err := read(signed(t, someToken))
	require.NoError(t, err)
	mine, other := snapshot.PublicHalf(snapshot.SigningKey(someToken)), snapshot.PublicHalf(snapshot.SigningKey("plim_aaab"))
	signature := r.Signature()
	require.NotNil(t, signature)
	require.Equal(t, snapshot.KeyID(mine), signature.KeyID)
	require.True(t, signature.Proves(mine))
	require.False(t, signature.Proves(other))
	require.False(t, signature.Proves(mine[:31]))
	require.False(t, signature.Proves(nil))
}

func TestWithoutAKeyNoByteChanges(t *testing.T) {
	var plain bytes.Buffer
	w, err := snapshot.NewWriter(&plain, snapshot.Header{CollectorVersion: "v1.2.3", Source: snapshot.SourceCluster, TakenAt: noon})
	require.NoError(t, err)
	w.SignWith(nil)
	require.NoError(t, w.Write(snapshot.Node{Name: "a", CPUs: 4}))
	require.NoError(t, w.Close())
	require.Equal(t, signed(t, ""), plain.Bytes())
	require.NotContains(t, linesOf(t, plain.Bytes()), "signature")
	r, err := read(plain.Bytes())
	require.NoError(t, err)
	require.Nil(t, r.Signature())

	with, without := strings.SplitAfter(linesOf(t, signed(t, someToken)), "\n"), strings.SplitAfter(linesOf(t, plain.Bytes()), "\n")
	require.Equal(t, without[:2], with[:2], "all lines but the trailer are those of the unsigned one")
	require.Equal(t, with, strings.SplitAfter(linesOf(t, signed(t, someToken)), "\n"), "signing twice gives the same")
}

// Whoever has the file and not the token can write a trailer that fits other lines, but no signature of them.
func TestASignatureOfOtherLinesProvesNothing(t *testing.T) {
	lines := linesOf(t, signed(t, someToken))
	changed := strings.Replace(lines, `"cpus":4`, `"cpus":8`, 1)
	require.NotEqual(t, lines, changed)
	_, err := read(packed(t, changed))
	require.ErrorContains(t, err, "trailer.sha256")

	digest := func(text string) string {
		head := text[:strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n")+1]
		sum := sha256.Sum256([]byte(head))
		return hex.EncodeToString(sum[:])
	}
	forged := strings.Replace(changed, digest(lines), digest(changed), 1)
	r, err := read(packed(t, forged))
	require.NoError(t, err, "as a snapshot it is whole")
	require.False(t, r.Signature().Proves(snapshot.PublicHalf(snapshot.SigningKey(someToken))))
}

func TestASignatureThatIsNone(t *testing.T) {
	lines := linesOf(t, signed(t, someToken))
	public := snapshot.PublicHalf(snapshot.SigningKey(someToken))
	signature := lines[strings.Index(lines, `"signature":"`)+len(`"signature":"`):]
	signature = signature[:strings.Index(signature, `"`)]
	require.Len(t, signature, base64.StdEncoding.EncodedLen(ed25519.SignatureSize))
	for name, c := range map[string]struct{ old, new, want string }{
		"no base64":             {signature, "…", "trailer.signature: want 64 bytes in base64"},
		"too short":             {signature, signature[:84], "trailer.signature: want 64 bytes in base64"},
		"loose last bits":       {signature, strings.TrimRight(signature, "=")[:85] + "/==", "trailer.signature"},
		"a key without a name":  {snapshot.KeyID(public), "", "trailer.keyId: want 16 bytes in hex"},
		"a key that is no hex":  {snapshot.KeyID(public), strings.Repeat("x", 32), "trailer.keyId"},
		"a name that is longer": {snapshot.KeyID(public), snapshot.KeyID(public) + "00", "trailer.keyId"},
		"a key alone":           {signature, "", "trailer.signature"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(lines, c.old, c.new, 1)
			require.NotEqual(t, lines, bad)
			r, err := read(packed(t, bad))
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "line 3")
			require.Nil(t, r.Signature())
		})
	}
}

func TestInspectSaysWhoSigned(t *testing.T) {
	found, err := snapshot.Inspect(bytes.NewReader(signed(t, someToken)), snapshot.DefaultLimits(), 0)
	require.NoError(t, err)
	require.Equal(t, snapshot.KeyID(snapshot.PublicHalf(snapshot.SigningKey(someToken))), found.KeyID)
	found, err = snapshot.Inspect(bytes.NewReader(signed(t, "")), snapshot.DefaultLimits(), 0)
	require.NoError(t, err)
	require.Empty(t, found.KeyID)
}
