{{- define "collector.name" -}}
{{- if contains "plimsoll" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-plimsoll" (.Release.Name | trunc 31 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- define "collector.account" -}}
{{- if .Values.serviceAccount.create }}{{ default (printf "%s-collect" (include "collector.name" .)) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{- define "collector.selector" -}}
app.kubernetes.io/name: plimsoll-{{ .part }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "collector.labels" -}}
{{ include "collector.selector" . }}
app.kubernetes.io/part-of: plimsoll
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name (.root.Chart.Version | replace "+" "_") }}
{{- with .root.Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "collector.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end }}

{{- define "collector.pull" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- end }}

{{- define "collector.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "collector.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "collector.uploadArgs" -}}
- --upload={{ required "upload.url: where do snapshots go? Such as https://plimsoll.example" .Values.upload.url }}
- --platform={{ required "upload.platform: which platform, by the id that its settings page shows?" .Values.upload.platform }}
- --token-file=/token/{{ .Values.upload.tokenSecret.key }}
{{- if .Values.upload.caSecret.name }}
- --ca-file=/ca/{{ .Values.upload.caSecret.key }}
{{- end }}
{{- if .Values.upload.clientCertSecret.name }}
- --client-cert=/client/tls.crt
- --client-key=/client/tls.key
{{- end }}
{{- end }}

{{- define "collector.uploadMounts" -}}
- name: token
  mountPath: /token
  readOnly: true
{{- if .Values.upload.caSecret.name }}
- name: ca
  mountPath: /ca
  readOnly: true
{{- end }}
{{- if .Values.upload.clientCertSecret.name }}
- name: client
  mountPath: /client
  readOnly: true
{{- end }}
{{- end }}

{{- define "collector.uploadVolumes" -}}
- name: token
  secret:
    secretName: {{ .Values.upload.tokenSecret.name }}
    defaultMode: 0440
{{- if .Values.upload.caSecret.name }}
- name: ca
  secret:
    secretName: {{ .Values.upload.caSecret.name }}
    defaultMode: 0440
{{- end }}
{{- if .Values.upload.clientCertSecret.name }}
- name: client
  secret:
    secretName: {{ .Values.upload.clientCertSecret.name }}
    defaultMode: 0440
{{- end }}
{{- end }}

{{- define "collector.env" -}}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "collector.subjects" -}}
subjects:
  - kind: ServiceAccount
    name: {{ include "collector.account" . }}
    namespace: {{ .Release.Namespace }}
{{- end }}

{{- define "collector.releaseRules" -}}
{{- if .Values.cluster.releases }}
- apiGroups: [""]
  resources: [secrets, configmaps]
  verbs: [list]
{{- end }}
{{- end }}
