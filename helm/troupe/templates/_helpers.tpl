{{/* What the objects are called; short enough for the suffixes that some of them have. */}}
{{- define "troupe.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{/* Every pod of the release has these, also those that check and test. */}}
{{- define "troupe.releaseLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Only the pods that serve have these. */}}
{{- define "troupe.selectorLabels" -}}
{{ include "troupe.releaseLabels" . }}
app.kubernetes.io/component: server
{{- end }}

{{/* Labels of pods, which an upgrade that only renames versions must not change. */}}
{{- define "troupe.podLabels" -}}
{{ include "troupe.releaseLabels" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "troupe.labels" -}}
{{ include "troupe.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "troupe.serviceAccountName" -}}
{{- default (ternary (include "troupe.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end }}

{{- define "troupe.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end }}

{{- define "troupe.httpPort" -}}
{{ regexFind "[0-9]+$" (first .Values.config.http).address }}
{{- end }}

{{- define "troupe.healthPort" -}}
{{ regexFind "[0-9]+$" .Values.config.health.address }}
{{- end }}

{{/*
Grace period in seconds: drain.delay + drain.timeout + 5 s, with trouped's defaults for what is not
set. Two dates apart by a duration are how a template reads one.
*/}}
{{- define "troupe.gracePeriod" -}}
{{- $start := now -}}
{{- $end := $start -}}
{{- range list (dig "drain" "delay" "off" .Values.config) (dig "drain" "timeout" "20s" .Values.config) -}}
{{- $end = mustDateModify (ternary "0" (toString .) (eq (toString .) "off")) $end -}}
{{- end -}}
{{ add (ceil ($end.Sub $start).Seconds) 5 }}
{{- end }}

{{- define "troupe.config" -}}
{{ toYaml .Values.config }}
{{- end }}

{{/* What every pod of the release has in common: who it runs as and what it gets to see. */}}
{{- define "troupe.podBasics" -}}
automountServiceAccountToken: false
# The variables that Kubernetes makes for a service named troupe would look like settings.
enableServiceLinks: false
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "troupe.containerBasics" -}}
image: {{ include "troupe.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
{{- end }}

{{/* What trouped is given besides its file, where it serves and where its configuration is tried. */}}
{{- define "troupe.environment" -}}
{{- with .Values.env }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.secrets.env }}
envFrom:
  {{- range . }}
  - secretRef:
      name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "troupe.volumeMounts" -}}
- name: config
  mountPath: /etc/troupe
  readOnly: true
{{- range $i, $secret := .Values.secrets.files }}
- name: secret-{{ $i }}
  mountPath: {{ $secret.path }}
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "troupe.volumes" -}}
{{- range $i, $secret := .Values.secrets.files }}
- name: secret-{{ $i }}
  secret:
    secretName: {{ $secret.name }}
    defaultMode: 0440
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
