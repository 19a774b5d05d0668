#!/bin/sh
# Run once by the postgres image, on an empty volume: a role and its databases for
# each of the two that use them. Temporal's tools create their tables themselves.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres \
	-v loket="$(cat "${SECRETS:-/run/secrets}/loket_password")" \
	-v temporal="$(cat "${SECRETS:-/run/secrets}/temporal_password")" <<'SQL'
CREATE ROLE loket LOGIN PASSWORD :'loket';
CREATE DATABASE loket OWNER loket;
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE loket, temporal, temporal_visibility FROM PUBLIC;
SQL
