// Package e2e walks the product as people do: the real binaries, the embedded PostgreSQL, the development identity provider, a
// real Kubernetes API server and a real Chromium. It holds tests alone.
//
// `go test ./internal/e2e -pictures DIR` also writes a picture of every page on the way, by day, by night and on a phone;
// `-update` renews the picture in the README.
package e2e
