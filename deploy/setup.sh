#!/usr/bin/env bash
# Operating-system packages. `system`: what the Python packages lean on; `browser`: with which the pages are tested.
set -euo pipefail
want=(libcurl4 fonts-noto-cjk python3-venv)
[ "${1:-system}" != browser ] || want=(chromium)
missing=()
for package in "${want[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "正在安装系统软件包 / installing system packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update && apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "缺少系统软件包，请先执行 / missing system packages, please run: sudo apt-get install -y ${missing[*]}" >&2
  exit 1
fi
