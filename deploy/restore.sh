#!/usr/bin/env bash
# Put a copy made by backup.sh in the place of everything there is now: `restore.sh backups/<moment> --replace-everything`.
set -euo pipefail
cd "$(dirname "$0")"
if [ $# -ne 2 ] || [ "$2" != --replace-everything ]; then
  echo "用法 / usage: restore.sh <备份目录 / backup folder> --replace-everything" >&2
  exit 2
fi
(cd "$1" && sha256sum --check --quiet SHA256SUMS) || {
  echo "备份损坏，未作任何改动 / the copy is damaged; nothing was changed" >&2
  exit 1
}
docker compose --progress quiet down -v
docker compose --progress quiet run --rm --no-deps -T volumes
docker compose --progress quiet run --rm --no-deps -T --user 10001:10001 --entrypoint tar volumes -C /volumes/mongo -xz \
  <"$1/mongo.tar.gz"
docker compose --progress quiet up -d --wait
echo "已恢复 / restored: $1"
