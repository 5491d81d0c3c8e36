# A Docker engine that answers. On Debian, as root, it is installed and started; elsewhere it is said what to install.
# shellcheck shell=bash

engine_answers() { docker version --format '{{.Server.Version}}' > /dev/null 2>&1; }

setup_engine() {
  if ! engine_answers; then
    if ! have dockerd; then install_engine; fi
    start_engine
  fi
  docker compose version > /dev/null 2>&1 || install_engine
}

may_install() { [ "$(id -u)" = 0 ] && [ -r /etc/debian_version ] && have apt-get; }

install_engine() {
  may_install || die "no Docker engine answers, and this is not root on Debian: install Docker Engine 24 or newer with the Compose (2.26 or newer) and buildx plugins, see https://docs.docker.com/engine/install/"
  local suite
  suite=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  say "installing Docker Engine, Compose and buildx from Debian's packages"
  # Debian's first suite with a Compose plugin is trixie; older ones take just these four packages from there.
  if [ "$suite" = bookworm ]; then add_trixie; fi
  apt-get update -qq
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io docker-cli docker-compose docker-buildx iptables > /dev/null
  rm -f /usr/sbin/policy-rc.d
}

add_trixie() {
  # shellcheck source=../../images/lib/rootfs.sh
  . images/lib/rootfs.sh
  debian_source trixie > /etc/apt/sources.list.d/sluice-docker.list
  cat > /etc/apt/preferences.d/sluice-docker << 'PREFERENCES'
Package: *
Pin: release n=trixie
Pin-Priority: 50

Package: docker.io docker-cli docker-compose docker-buildx
Pin: release n=trixie
Pin-Priority: 990
PREFERENCES
}

start_engine() {
  [ "$(id -u)" = 0 ] || die "no Docker engine answers: start it (systemctl start docker), or set DOCKER_HOST"
  remove_stale_pid /var/run/docker.pid
  remove_stale_pid /var/run/docker/containerd/containerd.pid
  say "starting dockerd (log: /var/log/dockerd.log)"
  setsid nohup dockerd > /var/log/dockerd.log 2>&1 < /dev/null &
  disown
  local deadline=$((SECONDS + 60))
  until engine_answers; do
    [ $SECONDS -lt $deadline ] || die "dockerd does not answer after 60 s, see /var/log/dockerd.log"
    sleep 0.2
  done
}

# A killed daemon leaves its pid file, and the next one refuses to start beside it.
remove_stale_pid() {
  [ -f "$1" ] || return 0
  local pid
  pid=$(cat "$1")
  if [ -d "/proc/$pid" ] && grep -qE 'dockerd|containerd' "/proc/$pid/comm" 2> /dev/null; then return 0; fi
  say "removing stale $1"
  rm -f "$1"
}
