# shellcheck shell=bash
# Images for a machine that reaches no container registry: a Debian with Python in the place of python:3.11-slim, and
# the nats-server and mongod of the Python packages in the place of the official ones. For tests, never for an office.
# Sourced by compose-smoke.sh after engine.sh.

BASE_STANDIN=python:3.11-slim-standin NATS_STANDIN=nats:2.15-standin MONGO_STANDIN=mongo:8-standin

standin_base_tar() { # run in the background: it takes a minute
  local tar=$CACHE/python-3.11-bookworm.tar mirror
  mirror=$(debian_mirror)
  find "$tar" -mtime +7 -delete 2>/dev/null || true
  [ -s "$tar" ] && return
  mmdebstrap -q --mode=root --variant=essential --include=apt,bash,ca-certificates,passwd,python3,python3-venv \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    bookworm "$W/base.tar" "deb $mirror bookworm main" >"$W/base.log" 2>&1 || { tail -5 "$W/base.log"; return 1; }
  mv "$W/base.tar" "$tar"
}

standin_images() {
  local programs
  docker import -c 'ENV LANG=C.UTF-8' -c 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "$CACHE/python-3.11-bookworm.tar" "$BASE_STANDIN" >/dev/null
  programs=$(.venv/bin/python -c '
from services.local.servers import _mongod, _nats_server
print(_mongod(), _nats_server())')
  read -r mongod nats <<<"$programs"
  standin_of "$MONGO_STANDIN" "$mongod"
  standin_of "$NATS_STANDIN" "$nats" "$(command -v busybox)"
}

standin_of() { # image, programs …: the base with the programs, and the libraries they lean on
  local image=$1 folder
  shift
  folder=$(mktemp -d "$W/standin.XXXX")
  mkdir -p "$folder/root/usr/local/bin" "$folder/root/usr/local/lib"
  for program in "$@"; do
    cp -L "$program" "$folder/root/usr/local/bin/"
    { ldd "$program" 2>/dev/null || true; } | awk '$3 ~ /^\// {print $3}' | xargs -r cp -L -t "$folder/root/usr/local/lib/"
  done
  [ -z "${2-}" ] || ln -s busybox "$folder/root/usr/local/bin/wget"
  rm -f "$folder"/root/usr/local/lib/{libc,libm,libresolv,ld-linux-x86-64}.so.*
  printf 'FROM %s\nCOPY root /\nRUN ldconfig\n' "$BASE_STANDIN" >"$folder/Dockerfile"
  DOCKER_BUILDKIT=1 docker build -q -t "$image" "$folder" >/dev/null
  rm -rf "$folder"
}
