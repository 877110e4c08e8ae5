{{- define "plimsoll.name" -}}
{{- if contains "plimsoll" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-plimsoll" (.Release.Name | trunc 41 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- define "plimsoll.account" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "plimsoll.name" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{- define "plimsoll.selector" -}}
app.kubernetes.io/name: plimsoll
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "plimsoll.labels" -}}
{{ include "plimsoll.selector" . }}
app.kubernetes.io/part-of: plimsoll
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name (.root.Chart.Version | replace "+" "_") }}
{{- with .root.Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "plimsoll.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end }}

{{- define "plimsoll.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
nodeSelector:
  kubernetes.io/os: linux
  {{- with .Values.nodeSelector }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "plimsoll.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "plimsoll.trust" -}}
{{- if .Values.caSecret.name }}
- name: SSL_CERT_DIR
  value: /etc/ssl/certs:/ca
{{- end }}
{{- end }}

{{- define "plimsoll.settings" -}}
- name: PLIMSOLL_URL
  value: {{ required "url: by which address do browsers reach it? Such as https://plimsoll.example" .Values.url | quote }}
- name: PLIMSOLL_ADDRESS
  value: ":8080"
- name: DATABASE_URL_FILE
  value: /secrets/database/url
- name: PLIMSOLL_DATABASE_CONNECTIONS
  value: {{ .Values.database.connections | quote }}
{{- with .Values.database.pooler }}
- name: PLIMSOLL_DATABASE_POOLER
  value: {{ . | quote }}
{{- end }}
- name: PLIMSOLL_OIDC_ISSUER
  value: {{ required "oidc.issuer: who signs people in? Such as https://login.example" .Values.oidc.issuer | quote }}
- name: PLIMSOLL_OIDC_CLIENT_ID
  value: {{ .Values.oidc.clientID | quote }}
- name: PLIMSOLL_OIDC_CLIENT_SECRET_FILE
  value: /secrets/oidc/client-secret
- name: PLIMSOLL_LOG_LEVEL
  value: {{ .Values.log.level }}
- name: PLIMSOLL_LOG_FORMAT
  value: {{ .Values.log.format }}
{{- if .Values.metrics.enabled }}
- name: PLIMSOLL_METRICS_ADDRESS
  value: ":9090"
{{- end }}
{{- with .Values.trustedProxies }}
- name: PLIMSOLL_TRUSTED_PROXIES
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.maxUploadBytes }}
- name: PLIMSOLL_MAX_UPLOAD_BYTES
  value: {{ int64 . | quote }}
{{- end }}
- name: GOMEMLIMIT
  value: {{ .Values.memoryGoal | quote }}
- name: TMPDIR
  value: /scratch
{{- include "plimsoll.trust" . }}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
