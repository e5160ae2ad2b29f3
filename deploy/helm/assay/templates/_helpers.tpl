{{- define "assay.name" -}}
{{- if contains "assay" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-assay" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "assay.host" -}}
{{ include "assay.name" . }}.{{ .Release.Namespace }}.svc
{{- end }}

{{- define "assay.selector" -}}
app.kubernetes.io/name: assay
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "assay.labels" -}}
{{ include "assay.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "assay.tlsSecret" -}}
{{- if eq .Values.tls.mode "existingSecret" }}{{ required "tls.existingSecret: name the Secret with tls.crt, tls.key and ca.crt" .Values.tls.existingSecret }}{{ else }}{{ include "assay.name" . }}-tls{{ end }}
{{- end }}

{{/* What the Secret holds, base64: made once in a rendering, and kept over upgrades. */}}
{{- define "assay.generated" -}}
{{- if not (hasKey .Values.tls "made") }}
{{- $found := lookup "v1" "Secret" .Release.Namespace (include "assay.tlsSecret" .) }}
{{- if $found }}
{{- $_ := set .Values.tls "made" (pick $found.data "tls.crt" "tls.key" "ca.crt") }}
{{- else }}
{{- $days := int .Values.tls.days }}
{{- $host := include "assay.host" . }}
{{- $ca := genCA "assay" $days }}
{{- $cert := genSignedCert $host nil (list $host (printf "%s.cluster.local" $host) "localhost") $days $ca }}
{{- $_ := set .Values.tls "made" (dict "tls.crt" (b64enc $cert.Cert) "tls.key" (b64enc $cert.Key) "ca.crt" (b64enc $ca.Cert)) }}
{{- end }}
{{- end }}
{{- toJson .Values.tls.made }}
{{- end }}

{{/* PEM of the CA that callers are given. */}}
{{- define "assay.ca" -}}
{{- if .Values.tls.ca }}{{ trim .Values.tls.ca }}
{{- else if eq .Values.tls.mode "generated" }}{{ index (include "assay.generated" . | fromJson) "ca.crt" | b64dec | trim }}
{{- else }}
{{- $found := lookup "v1" "Secret" .Release.Namespace (include "assay.tlsSecret" .) }}
{{- if not $found }}{{ fail (printf "tls.ca: give the CA as PEM: the Secret %s cannot be read now, and callers must know the CA" (include "assay.tlsSecret" .)) }}{{ end }}
{{- index $found.data "ca.crt" | b64dec | trim }}
{{- end }}
{{- end }}

{{/* PEM of the CA of Gatekeeper's client certificate. */}}
{{- define "assay.gatekeeperCA" -}}
{{- if .Values.gatekeeper.clientCA }}{{ trim .Values.gatekeeper.clientCA }}
{{- else }}
{{- $found := lookup "v1" "Secret" .Values.gatekeeper.namespace "gatekeeper-webhook-server-cert" }}
{{- if not $found }}{{ fail "gatekeeper.clientCA: give the CA of Gatekeeper's certificate as PEM (Secret gatekeeper-webhook-server-cert, key ca.crt), or name a Secret that holds it in gatekeeper.clientCASecret; or set gatekeeper.enabled to false" }}{{ end }}
{{- index $found.data "ca.crt" | b64dec | trim }}
{{- end }}
{{- end }}
