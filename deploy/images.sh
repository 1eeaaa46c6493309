#!/usr/bin/env bash
# Build the six container images. Needs a container engine with BuildKit. What may be set in the environment:
#   IMAGE_PREFIX   what the names begin with          (guihua: guihua/intake, guihua/workflow, …)
#   VERSION        their tag                          (the version in pyproject.toml)
#   BASE_IMAGE     Python on Debian to build upon     (python:3.11-slim-bookworm)
#   PIP_CONF       a pip.conf for your package mirror or proxy, used while building only
#   CA_FILE        certificates (PEM) that pip shall trust, used while building only
#   DEBIAN_MIRROR  where apt takes the fonts from     (what the base image says)
#   SERVICES       which images                       (intake workflow supervision notify registry console)
set -euo pipefail
cd "$(dirname "$0")/.."
PREFIX=${IMAGE_PREFIX:-guihua}
VERSION=${VERSION:-$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml | head -1)}
REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)

docker info >/dev/null 2>&1 || {
  echo "没有可用的容器引擎，请先安装并启动 Docker / no container engine answers: install and start Docker first" >&2
  exit 1
}
options=(--build-arg "VERSION=$VERSION" --build-arg "REVISION=$REVISION")
[ -z "${BASE_IMAGE-}" ] || options+=(--build-arg "BASE_IMAGE=$BASE_IMAGE")
[ -z "${DEBIAN_MIRROR-}" ] || options+=(--build-arg "DEBIAN_MIRROR=$DEBIAN_MIRROR")
[ -z "${PIP_CONF-}" ] || options+=(--secret "id=pip_conf,src=$PIP_CONF")
[ -z "${CA_FILE-}" ] || options+=(--secret "id=ca,src=$CA_FILE")

for service in ${SERVICES:-registry workflow intake supervision notify console}; do
  image=$PREFIX/$service:$VERSION
  DOCKER_BUILDKIT=1 docker build --quiet "${options[@]}" --build-arg "SERVICE=$service" -t "$image" -f deploy/Dockerfile . \
    >/dev/null
  docker image inspect -f '{{index .RepoTags 0}} {{.Size}}' "$image" | awk '{printf "%-32s %4.0f MB\n", $1, $2 / 1e6}'
done
