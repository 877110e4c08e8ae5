package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// measureScore times `plimsoll score` over one file of 1,000 workloads against reading the same file into nodes.
func measureScore(t *table, dir string) error {
	file := filepath.Join(dir, "thousand.yaml")
	if err := writeManifests(file, 1000); err != nil {
		return err
	}
	got, err := run(5, "bin/plimsoll", "score", file, "--format", "json")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	floor, err := run(5, self, "-part", "yaml-floor", "-file", file)
	if err != nil {
		return err
	}
	ratio := fmt.Sprintf("%.2f × reading the YAML into nodes (%.3f s)", got.cpu/floor.cpu, floor.cpu)
	t.add(figure{"score, 1,000 workloads in one file: CPU", got.cpu, 0.5, "s", ratio})
	t.add(figure{"score, 1,000 workloads in one file: memory", got.megabytes, 100, "MB", fmt.Sprintf("%.2f × the same (%.0f MB)", got.megabytes/floor.megabytes, floor.megabytes)})
	return nil
}

func yamlFloor(file string) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	decoder := yaml.NewDecoder(in)
	for {
		var node yaml.Node
		if err := decoder.Decode(&node); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// writeManifests writes n deployments, each with a service, as a chart would print them.
func writeManifests(file string, n int) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	for k := range n {
		fmt.Fprintf(out, manifest, k, k%40, k, k, k, k%7, k, k, k%40, k)
	}
	return out.Close()
}

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-%d
  namespace: team-%d
  labels:
    app.kubernetes.io/name: service-%d
    app.kubernetes.io/managed-by: Helm
spec:
  replicas: 3
  selector:
    matchLabels:
      app: service-%d
  template:
    metadata:
      labels:
        app: service-%d
    spec:
      containers:
        - name: app
          image: registry.example.com/service:1.%d.%d
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: JAVA_TOOL_OPTIONS
              value: "-XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError"
          resources:
            requests: {cpu: 250m, memory: 512Mi}
            limits: {memory: 1Gi}
          readinessProbe:
            httpGet: {path: /ready, port: http}
            periodSeconds: 5
          livenessProbe:
            httpGet: {path: /alive, port: http}
            initialDelaySeconds: 20
---
apiVersion: v1
kind: Service
metadata:
  name: service-%d
  namespace: team-%d
spec:
  selector:
    app: service-%d
  ports:
    - port: 80
      targetPort: http
---
`
