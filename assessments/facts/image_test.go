package facts

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnImageIsTakenApart(t *testing.T) {
	for raw, want := range map[string]Image{
		"nginx":                          {Registry: "docker.io", Repository: "library/nginx", Literal: true},
		"nginx:1.29":                     {Registry: "docker.io", Repository: "library/nginx", Tag: "1.29", Literal: true},
		"apache/kafka:4.1.0":             {Registry: "docker.io", Repository: "apache/kafka", Tag: "4.1.0", Literal: true},
		"index.docker.io/nginx:1":        {Registry: "docker.io", Repository: "library/nginx", Tag: "1", Literal: true},
		"localhost/app":                  {Registry: "localhost", Repository: "app", Literal: true},
		"localhost:5000/app":             {Registry: "localhost:5000", Repository: "app", Literal: true},
		"registry:5000/team/app:2":       {Registry: "registry:5000", Repository: "team/app", Tag: "2", Literal: true},
		"quay.io/team/app@sha256:00aa":   {Registry: "quay.io", Repository: "team/app", Digest: "sha256:00aa", Literal: true},
		"quay.io/team/app:1@sha256:00aa": {Registry: "quay.io", Repository: "team/app", Tag: "1", Digest: "sha256:00aa", Literal: true},
		"":                               {},
		"${IMAGE}:latest":                {},
		"<PROJECT>/app:latest":           {},
		"{{ .Values.image }}":            {},
		"app:%VERSION%":                  {},
		"quay.io/":                       {},
		"app:":                           {},
		"app@":                           {},
		"a b":                            {},
	} {
		want.Raw = raw
		require.Equal(t, want, ParseImage(raw), raw)
	}
}

func TestAnImageHasAName(t *testing.T) {
	require.Equal(t, "kafka", ParseImage("quay.io/strimzi/kafka:0.50.0").Name())
	require.Equal(t, "nginx", ParseImage("nginx").Name())
	require.Empty(t, ParseImage("${IMAGE}").Name())
}

func FuzzParseImage(f *testing.F) {
	for _, seed := range []string{"nginx", "a.b:5/c:d@sha256:e", "@", ":", "/", "a/:b", "localhost", "docker.io/", "x@y@z", "${A}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		image := ParseImage(raw)
		require.Equal(t, raw, image.Raw)
		if !image.Literal {
			return
		}
		require.NotEmpty(t, image.Registry)
		again := ParseImage(image.String())
		again.Raw = raw
		require.Equal(t, image, again, "the written-out reference must read as the same image")
	})
}
