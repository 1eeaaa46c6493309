#!/usr/bin/env bash
# Build the images, start the compose stack, use it, stop it, and leave nothing behind. On a machine with a container
# engine it uses that one; on a bare Debian machine (as root) it starts one of its own and makes stand-ins for the images
# that a registry would give. CACHE keeps what takes long to make for the next time.
set -euo pipefail
cd "$(dirname "$0")/.."
CACHE=${CACHE:-/var/cache/guihua-containers}
W=$(mktemp -d /var/tmp/guihua-smoke.XXXXXX)
T0=$SECONDS
t() { printf '[%4ds] %s\n' $((SECONDS - T0)) "$*"; }
# shellcheck source=deploy/smoke/engine.sh
. deploy/smoke/engine.sh
# shellcheck source=deploy/smoke/standins.sh
. deploy/smoke/standins.sh

OWN_ENGINE=
finish() {
  rc=$?
  set +e
  trap - EXIT
  if [ -n "${COMPOSE_ENV_FILES-}" ]; then
    [ $rc -eq 0 ] || (cd deploy && docker compose ps -a && docker compose logs --tail 15 --no-color) 2>&1 | cut -c 1-2000
    (cd deploy && docker compose --progress quiet down -v -t 5 --remove-orphans)
    docker image ls -q "$IMAGE_PREFIX/*" | sort -u | xargs -r docker image rm -f >/dev/null
  fi
  [ -z "${BASE_MAKER-}" ] || wait "$BASE_MAKER"
  if [ -n "$OWN_ENGINE" ]; then engine_stop || rc=1; fi
  rm -rf "$W"
  t "end, exit code $rc"
  exit $rc
}
trap finish EXIT

[ -x .venv/bin/pytest ] || make --no-print-directory setup
if ! docker info >/dev/null 2>&1; then
  if [ "$(id -u)" != 0 ] || [ ! -e /etc/debian_version ]; then
    echo "需要 Docker，或在 Debian 上以 root 运行 / this needs Docker, or root on a Debian machine" >&2
    exit 1
  fi
  export DOCKER_HOST=unix://$W/docker.sock DOCKER_CONFIG=$W/cfg PATH=/usr/sbin:/usr/bin:$PATH
  mkdir -p "$CACHE"
  t "packages"
  engine_packages
  standin_base_tar &
  BASE_MAKER=$!
  t "engine"
  engine_plugins
  OWN_ENGINE=yes
  engine_start
  t "stand-ins for the images of a registry"
  wait "$BASE_MAKER"
  BASE_MAKER=
  standin_images
  export BASE_IMAGE=$BASE_STANDIN NATS_IMAGE=$NATS_STANDIN MONGO_IMAGE=$MONGO_STANDIN
  export CA_FILE=${CA_FILE:-${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}}
fi
docker version -f 'engine {{.Server.Version}}'
docker compose version

t "build"
export IMAGE_PREFIX=guihua-smoke VERSION=smoke
deploy/images.sh

t "up"
export SECRETS_DIR=$W/secrets COMPOSE_PROJECT_NAME=guihua-smoke COMPOSE_ENV_FILES=$W/office.env
deploy/secrets.sh >/dev/null
sed -e '/^GUIHUA_VERSION=/s/=.*/=smoke/' -e '/^SECRETS_DIR=/d' -e 's/^GUIHUA_BUREAU_NAME=$/&测试市自然资源和规划局/' \
  -e 's/^GUIHUA_CITY_CODE=$/&512000/' -e 's/^GUIHUA_HALL_ADDRESS=$/&测试市政务服务中心/' \
  -e 's/^GUIHUA_INQUIRY_PHONE=$/&0000-12345/' -e 's|^GUIHUA_STATUS_URL=$|&https://permits.example/lookup|' \
  -e 's|^GUIHUA_VERIFY_URL=$|&https://permits.example/verify|' -e 's/^GUIHUA_ORGAN_SHORT=$/&测资规/' \
  -e 's/^GUIHUA_RECONSIDERATION_ORGAN=$/&测试市人民政府/' -e 's/^GUIHUA_COURT=$/&测试市中级人民法院/' \
  -e 's|^GUIHUA_PUBLIC_URL=$|&https://permits.example/notify|' -e 's|^GUIHUA_CONSOLE_URL=$|&https://permits.example|' -e 's|^# \(GUIHUA_SMS_URL=\)|\1|' \
  -e 's/^# \(HEALTH_INTERVAL=\).*/\12s/' -e 's/^# \([A-Z]*_PORT=\)8\([0-9]*\).*/\118\2/' deploy/.env.example >"$COMPOSE_ENV_FILES"
(cd deploy && docker compose --progress quiet up -d --wait --wait-timeout 180)

t "use"
.venv/bin/pytest -q -x -p no:randomly -p no:cacheprovider --timeout 600 --durations 8 tests/deploy/compose_smoke.py
t "down"
