{{/* The policies as a JSON list: `policy`, or `policies`, each with its name and one way to come by it. */}}
{{- define "assay.policies" -}}
{{- $single := false }}
{{- $policy := .Values.policy | default dict }}
{{- range tuple "files" "bundle" "bundleConfigMap" "source" }}{{ if get $policy . }}{{ $single = true }}{{ end }}{{ end }}
{{- if and $single .Values.policies }}{{ fail "policy, policies: give one of them" }}{{ end }}
{{- $entries := .Values.policies | default (list (merge (dict "name" "default") $policy)) }}
{{- $all := list }}
{{- range $entries }}
{{- $ways := list }}
{{- $entry := . }}
{{- range tuple "files" "bundle" "bundleConfigMap" "source" }}{{ if get $entry . }}{{ $ways = append $ways . }}{{ end }}{{ end }}
{{- if ne (len $ways) 1 }}{{ fail (printf "policy %s: give exactly one of files, bundle, bundleConfigMap and source; without a policy nothing is decided" .name) }}{{ end }}
{{- if and .files (not (hasKey .files "policy.yaml")) }}{{ fail (printf "policy %s: policy.yaml is missing in files" .name) }}{{ end }}
{{- $all = append $all $entry }}
{{- end }}
{{- toJson $all }}
{{- end }}

{{/* The whole assay.yaml, as JSON. Paths are relative to /etc/assay. */}}
{{- define "assay.config" -}}
{{- $tls := dict "cert" "tls/tls.crt" "key" "tls/tls.key" }}
{{- $listeners := dict "metrics" (dict "address" "0.0.0.0:9090") }}
{{- range tuple (tuple "gatekeeper" 8443 "gatekeeper") (tuple "kyverno" 8444 "kyverno") (tuple "webhook" 8445 "admission") (tuple "api" 8446 "api") }}
{{- $values := get $.Values (index . 0) }}
{{- $name := index . 2 }}
{{- if $values.enabled }}
{{- $own := deepCopy $tls }}
{{- if or (eq $name "gatekeeper") $values.clientCASecret }}{{ $_ := set $own "clientCA" (printf "%s/ca.crt" $name) }}{{ end }}
{{- if $values.allowedNames }}{{ $_ := set $own "allowedNames" $values.allowedNames }}{{ end }}
{{- $listener := dict "address" (printf "0.0.0.0:%d" (int (index . 1))) "tls" $own }}
{{- if $values.auth }}{{ $_ := set $listener "auth" $values.auth }}{{ end }}
{{- $_ := set $listeners $name $listener }}
{{- end }}
{{- end }}
{{- if and .Values.api.enabled (not .Values.api.auth) (not .Values.api.clientCASecret) (not (and .Values.api.from .Values.networkPolicy.enabled)) }}
{{- fail "api: say who may ask, by auth, clientCASecret, or from with networkPolicy.enabled" }}
{{- end }}
{{- $policies := list }}
{{- range include "assay.policies" . | fromJsonArray }}
{{- $entry := omit . "files" "bundle" "bundleConfigMap" "source" }}
{{- if .files }}{{ $_ := set $entry "source" (printf "policies/%s" .name) }}
{{- else if .source }}{{ $_ := set $entry "source" .source }}
{{- else }}{{ $_ := set $entry "source" (printf "policies/%s/bundle.tar.gz" .name) }}
{{- end }}
{{- if regexMatch "^(oci|https?)://" $entry.source }}{{ $entry = merge $entry (dict "lastGood" "/var/lib/assay/policies") }}{{ end }}
{{- $policies = append $policies $entry }}
{{- end }}
{{- $own := dict "listeners" $listeners "policies" $policies }}
{{- with .Values.pullSecrets }}
{{- if .enabled }}
{{- $pull := dict "surfaces" .surfaces }}
{{- if .namespaces }}{{ $_ := set $pull "namespaces" .namespaces }}{{ end }}
{{- $_ := set $own "pullSecrets" $pull }}
{{- end }}
{{- end }}
{{- $volumes := dict }}
{{- if .Values.config.trust }}{{ $_ := set $volumes "trust" (dict "cache" "/var/lib/assay/tuf") }}{{ end }}
{{- if dig "cache" "disk" "" .Values.config }}{{ $_ := set $volumes "cache" (dict "disk" (dict "folder" "/var/cache/assay/blobs")) }}{{ end }}
{{- $json := merge $own (deepCopy .Values.config) $volumes | toJson }}
{{- range regexFindAll "\"mounts/[a-z0-9-]+" $json -1 }}
{{- $name := trimPrefix "\"mounts/" . }}
{{- if not (hasKey $.Values.mounts $name) }}{{ fail (printf "mounts.%s: a file of it is named, and it is not there" $name) }}{{ end }}
{{- end }}
{{- range regexFindAll "\"[a-z]+Env\":\"[A-Za-z0-9_]+" $json -1 }}
{{- $variable := regexFind "[A-Za-z0-9_]+$" . }}
{{- if not (hasKey $.Values.secretEnv $variable) }}{{ fail (printf "secretEnv.%s: the variable is named, and it is not there" $variable) }}{{ end }}
{{- end }}
{{- $json }}
{{- end }}

{{/* What is read once, when the service starts: its digest starts new pods. Policies, certificates and tokens are read again. */}}
{{- define "assay.readOnce" -}}
{{- $data := dict }}
{{- range $name, $mount := .Values.mounts }}{{ if $mount.data }}{{ $_ := set $data $name $mount.data }}{{ end }}{{ end }}
{{- printf "%s%s" (include "assay.config" .) (toJson $data) | sha256sum }}
{{- end }}

{{/* "true" where assay asks the API server: whose a token is, and for pull secrets. */}}
{{- define "assay.reviewsTokens" -}}
{{- range tuple "kyverno" "webhook" "api" }}{{ $values := get $.Values . }}{{ if and $values.enabled ($values.auth | default dict | dig "tokenReview" "") }}true{{ end }}{{ end }}
{{- end }}
{{- define "assay.asksApiServer" -}}
{{- if or .Values.pullSecrets.enabled (include "assay.reviewsTokens" .) }}true{{ end }}
{{- end }}

{{/* Room for the disk cache: a quarter more than it may take, for a pod that takes more than its limit is evicted. */}}
{{- define "assay.diskLimit" -}}
{{- $bytes := dig "cache" "disk" "bytes" "" .Values.config }}
{{- $number := regexFind "^[0-9]+" $bytes | int }}
{{- if hasSuffix "GiB" $bytes }}{{ mul $number 1280 }}Mi{{ else }}{{ add (div (mul $number 5) 4) 1 }}Mi{{ end }}
{{- end }}
