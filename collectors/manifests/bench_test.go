package manifests

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
)

// manyWorkloads is a stream of n Deployments of about 2 kB, each with its Service.
func manyWorkloads(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, manyTemplate, i, i%40, i, i, i, i%40, i)
	}
	return b.String()
}

const manyTemplate = `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-%d
  namespace: team-%d
  labels:
    app.kubernetes.io/name: service
    app.kubernetes.io/version: 1.4.2
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
          image: registry.example.com/shop/service:1.4.2
          imagePullPolicy: IfNotPresent
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: JAVA_TOOL_OPTIONS
              value: -Xmx1g -XX:+UseG1GC
            - name: SPRING_PROFILES_ACTIVE
              value: production
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: db
                  key: password
          resources:
            requests:
              cpu: 250m
              memory: 1500Mi
            limits:
              memory: 2Gi
          livenessProbe:
            httpGet:
              path: /actuator/health/liveness
              port: http
            initialDelaySeconds: 60
            periodSeconds: 10
          readinessProbe:
            httpGet:
              path: /actuator/health/readiness
              port: http
          securityContext:
            runAsNonRoot: true
            readOnlyRootFilesystem: true
          volumeMounts:
            - name: tmp
              mountPath: /tmp
        - name: proxy
          image: registry.example.com/mesh/proxy:1.24.2
          resources:
            requests:
              cpu: 50m
              memory: 64Mi
      volumes:
        - name: tmp
          emptyDir: {}
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
`

// BenchmarkRead against BenchmarkParseNodes shows what is spent beyond the YAML library's own work.
func BenchmarkRead(b *testing.B) {
	text := manyWorkloads(1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		inputs, err := Read(context.Background(), []string{"-"}, strings.NewReader(text), func(snapshot.Record) error { return nil })
		require.NoError(b, err)
		require.Equal(b, 1000, inputs.Workloads)
	}
}

func BenchmarkParseNodes(b *testing.B) {
	text := manyWorkloads(1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		decoder := yaml.NewDecoder(strings.NewReader(text))
		for {
			var node yaml.Node
			err := decoder.Decode(&node)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(b, err)
		}
	}
}
