# shellcheck shell=bash
# A container engine of its own for one run, on a Debian machine that has none: Debian's docker.io, started by hand.
# Sourced by compose-smoke.sh, which sets W (work folder, removed at the end), CACHE (kept) and t (prints a step).

engine_packages() {
  local want=(docker.io iptables mmdebstrap busybox-static) missing=()
  for package in "${want[@]}"; do dpkg-query -W "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >"$W/apt.log" 2>&1 ||
    { tail -5 "$W/apt.log"; return 1; }
}

debian_mirror() { # the one that apt uses on this machine
  awk '/^URIs:/ {print $2; exit} /^deb / {for (i = 2; i <= NF; i++) if ($i ~ /^http/) {print $i; exit}}' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null
}

engine_plugins() { # compose v2 and buildx from the next Debian: they need nothing of it but a libc6 that this one has
  local apt=$W/apt options
  if [ ! -x "$CACHE/plugins/docker-compose" ] || [ ! -x "$CACHE/plugins/docker-buildx" ]; then
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/debs" "$CACHE/plugins"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) trixie main" >"$apt/sources.list"
    options=(-qq -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists"
      -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    (cd "$apt/debs" && apt-get "${options[@]}" download docker-compose docker-buildx)
    for deb in "$apt"/debs/*.deb; do dpkg -x "$deb" "$apt/x"; done
    install -m 755 "$apt"/x/usr/libexec/docker/cli-plugins/docker-{compose,buildx} "$CACHE/plugins/"
  fi
  mkdir -p "$DOCKER_CONFIG/cli-plugins"
  cp "$CACHE"/plugins/* "$DOCKER_CONFIG/cli-plugins/"
}

engine_start() {
  local device mtu=1500
  device=$(ip -o route show default | awk '{print $5; exit}')
  [ -z "$device" ] || mtu=$(cat "/sys/class/net/$device/mtu")
  ENGINE_FORWARD=$(cat /proc/sys/net/ipv4/ip_forward)
  iptables-save | rules_only >"$W/rules.before"
  cat >"$W/daemon.json" <<JSON
{"data-root": "$W/data", "exec-root": "$W/exec", "pidfile": "$W/docker.pid", "hosts": ["$DOCKER_HOST"],
 "storage-driver": "overlay2", "exec-opts": ["native.cgroupdriver=cgroupfs"], "mtu": $mtu,
 "log-driver": "json-file", "log-opts": {"max-size": "5m"},
 "bip": "172.29.0.1/24", "default-address-pools": [{"base": "172.30.0.0/16", "size": 24}]}
JSON
  setsid /usr/sbin/dockerd --config-file "$W/daemon.json" >"$W/dockerd.log" 2>&1 </dev/null &
  ENGINE_PID=$!
  for _ in $(seq 150); do docker info >/dev/null 2>&1 && return; sleep 0.1; done
  tail -5 "$W/dockerd.log"
  return 1
}

engine_stop() { # takes everything down that engine_start and its containers put up; says what is left, if anything
  docker ps -aq | xargs -r docker rm -fv >/dev/null 2>&1
  docker network prune -f >/dev/null 2>&1
  kill "$ENGINE_PID" 2>/dev/null
  wait "$ENGINE_PID" 2>/dev/null
  grep -o " $W/[^ ]*" /proc/self/mounts | sort -r | xargs -r umount 2>/dev/null
  ip link del docker0 2>/dev/null
  remove_rules
  echo "$ENGINE_FORWARD" >/proc/sys/net/ipv4/ip_forward
  engine_leftovers
}

remove_rules() {
  local table
  iptables -P FORWARD ACCEPT
  for table in filter nat; do
    iptables -t "$table" -S | sed -n '/DOCKER\|docker0\|172\.29\.0\.0/ s/^-A /-D /p' |
      while read -r rule; do xargs iptables -t "$table" <<<"$rule" 2>/dev/null; done
    iptables -t "$table" -S | awk '/^-N DOCKER/ {print $2}' >"$W/chains"
    while read -r chain; do iptables -t "$table" -F "$chain"; done <"$W/chains"
    while read -r chain; do iptables -t "$table" -X "$chain"; done <"$W/chains"
  done
}

rules_only() { grep '^-A\|^:DOCKER' || true; }

engine_leftovers() {
  local left=0
  iptables-save | rules_only | diff "$W/rules.before" - || { echo "iptables rules are left"; left=1; }
  pgrep -f "$W/" && { echo "processes are left"; left=1; }
  ip -o link | grep -E ' (docker0|br-[0-9a-f]{12}|veth[0-9a-f]+)' && { echo "network devices are left"; left=1; }
  return $left
}
