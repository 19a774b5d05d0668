#!/bin/sh
# The namespace of the cases. History is kept 30 days after a case ends; nothing
# that a user sees needs it longer.
set -eu
temporal operator cluster health
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
	exit 0
fi
temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 720h
