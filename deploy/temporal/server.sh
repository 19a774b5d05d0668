#!/bin/sh
# The server reads its password from the environment alone; here it comes from a file.
set -eu
POSTGRES_PWD=$(cat "${SECRETS:-/run/secrets}/temporal_password")
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
