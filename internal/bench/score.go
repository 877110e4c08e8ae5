package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

// large is the size that the limits of `plimsoll score` speak of.
const large = 10_000

// measureScore times `plimsoll score` over files, folders and snapshots against reading the same bytes and throwing them away.
func measureScore(t *table, dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, measure := range []func(*table, string, string) error{scoreSmall, scoreFiles, scoreSnapshot} {
		if err := measure(t, dir, self); err != nil {
			return err
		}
	}
	return nil
}

// scoreSmall is what a hook before each commit pays.
func scoreSmall(t *table, dir, _ string) error {
	file := filepath.Join(dir, "small.yaml")
	if err := os.WriteFile(file, []byte(manifestsOf(0, 3)), 0o644); err != nil {
		return err
	}
	got, err := run(9, "bin/plimsoll", "score", file)
	if err != nil {
		return err
	}
	t.add(figure{"score, one small file, from start to exit: CPU", got.cpu, 0.05, "s", "–"})
	return nil
}

// scoreFiles scores one workload count as one file, as a folder of files and as a file of twice the size.
func scoreFiles(t *table, dir, self string) error {
	one, two, folder := filepath.Join(dir, "one.yaml"), filepath.Join(dir, "two.yaml"), filepath.Join(dir, "folder")
	bytes, err := writeManifests(one, large)
	if err != nil {
		return err
	}
	if _, err := writeManifests(two, 2*large); err != nil {
		return err
	}
	if err := writeFolder(folder, large); err != nil {
		return err
	}
	floor, err := run(5, self, "-part", "yaml-floor", "-file", one)
	if err != nil {
		return err
	}
	var costs []cost
	for _, path := range []string{one, folder, two} {
		got, err := run(5, "bin/plimsoll", "score", path, "--format", "json")
		if err != nil {
			return err
		}
		costs = append(costs, got)
	}
	name := fmt.Sprintf("score, %d workloads in one file of %.0f MB", large, bytes/1e6)
	t.add(figure{name + ": CPU", costs[0].cpu, 0, "s", fmt.Sprintf("reading the YAML into nodes: %.3f s", floor.cpu)})
	t.add(figure{name + ": ratio", costs[0].cpu / floor.cpu, 2, "×", "reading the YAML into nodes"})
	t.add(figure{name + ": memory", costs[0].megabytes, 120, "MB", fmt.Sprintf("%.2f × the same (%.0f MB)", costs[0].megabytes/floor.megabytes, floor.megabytes)})
	t.add(figure{"score, the same as a folder of files: ratio", costs[1].cpu / costs[0].cpu, 1.3, "×", "one file"})
	t.add(figure{"score, twice the input: ratio", costs[2].cpu / costs[0].cpu, 2.1, "×", "one file"})
	return nil
}

func scoreSnapshot(t *table, dir, self string) error {
	file := filepath.Join(dir, "large.plimsoll.gz")
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	err = errors.Join(snapshottest.Write(out, snapshottest.Generate(large, 1)), out.Close())
	if err != nil {
		return err
	}
	floor, err := run(5, self, "-part", "snapshot-floor", "-file", file)
	if err != nil {
		return err
	}
	got, err := run(5, "bin/plimsoll", "score", file, "--format", "json")
	if err != nil {
		return err
	}
	name := fmt.Sprintf("score, a snapshot of %d workloads", large)
	t.add(figure{name + ": CPU", got.cpu, 0, "s", fmt.Sprintf("decoding it: %.3f s", floor.cpu)})
	t.add(figure{name + ": ratio", got.cpu / floor.cpu, 3, "×", "decoding it"})
	t.add(figure{name + ": memory", got.megabytes, 0, "MB", fmt.Sprintf("%.2f × the same (%.0f MB)", got.megabytes/floor.megabytes, floor.megabytes)})
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

func snapshotFloor(file string) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	for _, err := range snapshot.NewReader(in, snapshot.DefaultLimits()).Records() {
		if err != nil {
			return err
		}
	}
	return nil
}

// writeManifests writes n deployments, three of four with a service, as a chart would print them, and returns the file's size.
func writeManifests(file string, n int) (float64, error) {
	out, err := os.Create(file)
	if err != nil {
		return 0, err
	}
	for k := 0; k < n; k += 100 {
		if _, err := io.WriteString(out, manifestsOf(k, min(k+100, n))); err != nil {
			return 0, err
		}
	}
	info, err := out.Stat()
	if err != nil {
		return 0, err
	}
	return float64(info.Size()), out.Close()
}

// writeFolder writes the same workloads as writeManifests, each into a file of its own.
func writeFolder(folder string, n int) error {
	for k := range n {
		team := filepath.Join(folder, fmt.Sprintf("team-%d", k%40))
		if err := os.MkdirAll(team, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(team, fmt.Sprintf("service-%d.yaml", k)), []byte(manifestsOf(k, k+1)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func manifestsOf(from, to int) string {
	var b strings.Builder
	for k := from; k < to; k++ {
		fmt.Fprintf(&b, deployment, k, k%40, k, k%30, k%7, k, k, k%30, k%7)
		if k%4 != 3 {
			fmt.Fprintf(&b, serviceOfIt, k, k%40, k)
		}
	}
	return b.String()
}

const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-%d
  namespace: team-%d
  labels:
    app.kubernetes.io/name: service-%d
    app.kubernetes.io/version: "1.%d.%d"
    app.kubernetes.io/managed-by: Helm
  annotations:
    meta.helm.sh/release-name: service
spec:
  replicas: 3
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      app: service-%d
  template:
    metadata:
      labels:
        app: service-%d
    spec:
      terminationGracePeriodSeconds: 45
      containers:
        - name: app
          image: registry.example.com/shop/service:1.%d.%d
          imagePullPolicy: IfNotPresent
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: JAVA_TOOL_OPTIONS
              value: "-XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError"
            - name: SPRING_PROFILES_ACTIVE
              value: production
            - name: DATABASE_HOST
              value: db.internal
            - name: DATABASE_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: database
                  key: password
          resources:
            requests:
              cpu: 250m
              memory: 512Mi
            limits:
              memory: 1Gi
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            periodSeconds: 5
          livenessProbe:
            httpGet:
              path: /alive
              port: http
            initialDelaySeconds: 20
          volumeMounts:
            - name: settings
              mountPath: /etc/service
              readOnly: true
      volumes:
        - name: settings
          configMap:
            name: settings
`

const serviceOfIt = `---
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
`
