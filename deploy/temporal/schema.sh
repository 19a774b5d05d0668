#!/bin/sh
# Brings Temporal's tables to the version of this image; harmless when they are.
# The connection comes from SQL_* and the password from its secret.
set -eu
SQL_PASSWORD=$(cat "${SECRETS:-/run/secrets}/temporal_password")
export SQL_PASSWORD

bring() {
	temporal-sql-tool --database "$1" setup-schema --version 0.0
	temporal-sql-tool --database "$1" update-schema --schema-name "postgresql/v12/$2"
}
bring temporal temporal
bring temporal_visibility visibility
