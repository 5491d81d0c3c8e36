# A Docker engine that answers, with the Compose and buildx plugins. On Debian, as root, what is missing is installed and
# started; elsewhere it is said what to install.
# shellcheck shell=bash

engine_log=/var/log/dockerd.log

setup_engine() {
  local missing=()
  if ! engine_answers; then
    [ -z "${DOCKER_HOST:-}" ] || die "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST: start it, or unset DOCKER_HOST"
    have dockerd || missing+=(docker.io iptables)
  fi
  have docker || missing+=(docker-cli)
  docker compose version > /dev/null 2>&1 || missing+=(docker-compose)
  docker buildx version > /dev/null 2>&1 || missing+=(docker-buildx)
  [ ${#missing[@]} -eq 0 ] || install_engine "${missing[@]}"
  engine_answers || start_engine
}

engine_answers() { docker version --format '{{.Server.Version}}' > /dev/null 2>&1; }

install_engine() { # package...
  local advice="install Docker Engine 24 or newer with its Compose (2.26 or newer) and buildx plugins, see https://docs.docker.com/engine/install/" release
  [ "${GITHUB_ACTIONS:-}" != true ] || die "missing on this runner: $*; $advice"
  may_install_packages || die "missing: $*; this is not root on Debian, so nothing is installed here: $advice"
  release=$(os_release VERSION_ID)
  [ "${release:-99}" -ge 12 ] || die "missing: $*; Debian $release is too old for them: $advice"
  say "installing $* from Debian's packages"
  [ "$release" != 12 ] || take_docker_from_trixie
  without_service_start install_packages "$@"
}

# Debian 12 has no Compose plugin; trixie's four packages run on it, with its own containerd and runc.
take_docker_from_trixie() {
  debian_sources trixie > /etc/apt/sources.list.d/sluice-docker.list
  cat > /etc/apt/preferences.d/sluice-docker << 'PREFERENCES'
Package: *
Pin: release n=trixie*
Pin-Priority: 50

Package: docker.io docker-cli docker-compose docker-buildx
Pin: release n=trixie*
Pin-Priority: 990
PREFERENCES
}

# Without an init system the package's attempt to start its service would fail the installation.
without_service_start() { # command...
  local policy=/usr/sbin/policy-rc.d
  if [ -d /run/systemd/system ] || [ -e "$policy" ]; then
    "$@"
    return
  fi
  # shellcheck disable=SC2064
  trap "rm -f $policy" EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod +x "$policy"
  "$@"
  rm -f "$policy"
  trap - EXIT
}

start_engine() {
  [ "$(id -u)" = 0 ] || die "no Docker engine answers this user: start it (systemctl start docker), join its group, or set DOCKER_HOST"
  local pid='' deadline=$((SECONDS + 60))
  if [ -d /run/systemd/system ]; then
    say "starting docker.service"
    systemctl start docker
  else
    remove_stale_pid /var/run/docker.pid
    remove_stale_pid /var/run/docker/containerd/containerd.pid
    # One that is alive is on its way up.
    if [ ! -e /var/run/docker.pid ]; then
      say "starting dockerd (log: $engine_log)"
      run_detached dockerd >> "$engine_log" 2>&1 < /dev/null &
      pid=$!
      disown
    fi
  fi
  until engine_answers; do
    [ -z "$pid" ] || kill -0 "$pid" 2> /dev/null || die "dockerd ended: $(tail -n 1 "$engine_log") (log: $engine_log)"
    [ $SECONDS -lt $deadline ] || die "the Docker engine does not answer after 60 s, see $engine_log"
    sleep 0.1
  done
}

# A daemon must hold nothing of whoever called: no terminal, no pipe, no lock.
run_detached() { # command...
  local fd
  for fd in /proc/self/fd/*; do
    fd=${fd##*/}
    [ "$fd" -le 2 ] || eval "exec $fd>&-"
  done
  exec setsid nohup "$@"
}

# A killed daemon leaves its pid file, and the next one refuses to start beside it.
remove_stale_pid() { # file
  local pid
  [ -f "$1" ] || return 0
  pid=$(cat "$1")
  # The pid may have gone to another program meanwhile, or its parent may not have collected it.
  if grep -qsE '^Name:\s(dockerd|containerd)$' "/proc/$pid/status" && ! grep -qs '^State:\sZ' "/proc/$pid/status"; then return 0; fi
  say "removing stale $1"
  rm -f "$1"
}
