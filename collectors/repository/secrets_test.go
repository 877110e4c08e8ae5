package repository_test

import (
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/config"
	"github.com/stretchr/testify/require"

	"plimsoll/collectors/allow/allowtest"
)

// secretiveFiles are a repository as people write one, with a secret ⟦in brackets⟧ in every place where one can stand.
var secretiveFiles = files{
	"charts/shop/Chart.yaml": `apiVersion: v2
name: shop
version: 1.0.0
appVersion: "1.0"
home: https://u:⟦chart-home-password⟧@git.example/
sources: ["https://git:⟦chart-source-token⟧@git.example/shop"]
annotations: {licence: ⟦chart-annotation-licence⟧}
maintainers: [{name: ⟦maintainer-name⟧, email: ⟦maintainer@customer.example⟧}]
dependencies: [{name: redis, version: 1.2.3, repository: "https://u:⟦dependency-repository-token⟧@charts.example"}]
`,
	"charts/shop/Chart.lock": "dependencies:\n- name: redis\n  repository: https://u:⟦lock-repository-token⟧@charts.example\n  version: 1.2.3\n",
	"charts/shop/values.yaml": `image: {repository: "robot:⟦values-image-password⟧@registry.example/shop", tag: "1.0"}
database: {url: "jdbc:postgresql://db/x?password=⟦values-jdbc-password⟧", password: ⟦values-database-password⟧}
aws: {secretAccessKey: ⟦wJalrXUtnFEMI-values⟧}
javaOpts: "-Xmx1g -Djavax.net.ssl.trustStorePassword=⟦values-truststore⟧"
`,
	"charts/shop/values-production.yaml": "token: ⟦ghp_production_values⟧\n",
	"charts/shop/templates/deployment.yaml": `kind: Deployment
metadata: {annotations: {key: ⟦template-annotation-key⟧}}
spec: {template: {spec: {containers: [{name: shop, image: "u:⟦template-image-password⟧@registry.example/shop:1.0", args: ["--token=⟦template-argument-token⟧"], env: [{name: P, value: ⟦template-environment⟧}]}]}}}
`,
	"charts/shop/templates/secret.yaml": "kind: Secret\nstringData: {password: ⟦template-secret-data⟧}\n",
	"charts/shop/templates/NOTES.txt":   "log in with admin / ⟦notes-admin-password⟧\n",
	"charts/shop/RELEASE.txt":           "1.0.0: rotated the key ⟦release-notes-key⟧\n",
	"charts/broken/Chart.yaml":          "name: [⟦broken-chart-secret⟧\n",
	"charts/wrong/Chart.yaml":           "name: {password: ⟦chart-name-of-another-type⟧}\nversion: [⟦chart-version-of-another-type⟧]\n",
	"Dockerfile": `# syntax=docker/dockerfile:1
ARG TOKEN=⟦build-argument-token⟧
FROM robot:⟦base-image-password⟧@registry.example/jdk:21 AS build
ENV DB_PASSWORD=⟦environment-password⟧ JAVA_TOOL_OPTIONS="-Xmx512m -Dpw=⟦dockerfile-java-property⟧ -XX:OnOutOfMemoryError=⟦dockerfile-oom-command⟧" JAVA_VERSION=⟦version-is-a-secret⟧
RUN curl -H "Authorization: Bearer ⟦run-bearer-token⟧" https://x && echo ⟦run-echo⟧
LABEL key=⟦label-key⟧
ENTRYPOINT ["java", "-Dkey=⟦entrypoint-property⟧", "-jar", "/app.jar", "--password=⟦entrypoint-argument⟧"]
`,
	"Jenkinsfile":                 "pipeline { environment { TOKEN = '⟦jenkins-token⟧' } stages { stage('⟦jenkins-stage⟧') { steps { sh 'helm push --password ⟦jenkins-helm-password⟧' } } } }\n",
	".github/workflows/build.yml": "name: ⟦workflow-name⟧\non: push\nenv: {TOKEN: ⟦workflow-token⟧}\njobs: {build: {steps: [{run: 'docker login -p ⟦workflow-docker-password⟧'}]}}\n",
	".gitlab-ci.yml":              "variables: {KEY: ⟦gitlab-variable⟧}\nbuild: {script: ['helm registry login -p ⟦gitlab-script-password⟧']}\n",
	"pom.xml":                     "<project><properties><db.password>⟦pom-password⟧</db.password></properties></project>\n",
	"package.json":                `{"name":"⟦package-name⟧","scripts":{"deploy":"TOKEN=⟦package-script-token⟧ deploy"}}`,
	".npmrc":                      "//registry.npmjs.example/:_authToken=⟦npm-token⟧\n",
	".env":                        "DATABASE_URL=postgres://u:⟦dotenv-password⟧@db/x\n",
	"CHANGELOG.md":                "## 1.0.0\n- password is now ⟦changelog-password⟧\n",
}

func TestNoSecretOfARepositoryLeaves(t *testing.T) {
	var all []string
	plain, later := files{}, files{}
	for name, text := range secretiveFiles {
		unveiled, secrets := allowtest.Unveil(text)
		plain[name], all = unveiled, append(all, secrets...)
		if strings.HasSuffix(name, "values.yaml") || strings.HasSuffix(name, "shop/Chart.yaml") {
			later[name] = strings.ReplaceAll(unveiled, `1.0`, `1.1`)
		}
	}
	r := newRepo(t).commit(plain).commit(later).tag("v1.0.0-hunter2-in-a-tag")
	r.remote("https://oauth2:glpat-remote-token@git.example/shop.git")
	settings, err := r.git.Config()
	require.NoError(t, err)
	settings.User.Email = "user-of-the-machine@example.com"
	settings.Branches["b"] = &config.Branch{Name: "b", Description: "branch-description-secret"}
	require.NoError(t, r.git.SetConfig(settings))
	got := collect(t, r.folder)

	all = append(all, "hunter2", "glpat-remote-token", "user-of-the-machine", "branch-description-secret", authorName, authorEmail, "sentinel")
	require.Greater(t, len(all), 45)
	for _, secret := range all {
		require.NotContains(t, got.lines, secret)
		require.NotContains(t, got.reasons(), secret)
	}
	chart := got.repository(t)
	require.NotEmpty(t, chart.Charts, "it looks at this very repository")
	require.Contains(t, got.lines, "registry.example/shop")
	require.Contains(t, got.lines, "-Xmx512m")
	require.Contains(t, got.lines, "broken/Chart.yaml")
}
