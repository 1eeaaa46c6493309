#!/usr/bin/env bash
# Copy the database of the office to a folder (backups/<moment>). The database stands still while its files are copied;
# until it is back, the services answer "try again in a moment" and go on by themselves. The broker needs no copy: what
# it holds is sent again from the database. The secrets are not in the copy. Keep them elsewhere: without field-keys-*
# nobody reads the sealed personal data.
set -euo pipefail
cd "$(dirname "$0")"
FOLDER=${1:-backups/$(date -u +%Y%m%dT%H%M%SZ)}
umask 077
mkdir -p "$FOLDER"

trap 'docker compose --progress quiet up -d --wait --no-recreate' EXIT # whatever happens, the office goes on
docker compose --progress quiet stop mongo
docker compose --progress quiet run --rm --no-deps -T --user 10001:10001 --entrypoint tar volumes -C /volumes/mongo -cz . \
  >"$FOLDER/mongo.tar.gz"
(cd "$FOLDER" && sha256sum mongo.tar.gz >SHA256SUMS)
echo "已备份 / backed up: $FOLDER ($(du -h "$FOLDER/mongo.tar.gz" | cut -f1))"
