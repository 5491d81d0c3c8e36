# The server of Prometheus, which tests ask: one program out of Debian's package, kept in this checkout, so that no service
# and no user is made. Where it cannot be had, they say so and are skipped.
# shellcheck shell=bash

prometheus_program=.sluice/tools/prometheus

setup_prometheus() {
  if have prometheus || "$prometheus_program" --version > /dev/null 2>&1; then return 0; fi
  if ! have apt-get || ! have dpkg-deb; then
    say "missing: prometheus; tests that need it are skipped"
    return 0
  fi
  say "taking the server of Prometheus out of Debian's package (20 MB to fetch, 50 MB kept), for tests of its queries"
  take_prometheus || say "it cannot be had: those tests are skipped"
  rm -rf "$prometheus_program.next"
}

take_prometheus() {
  local directory=$prometheus_program.next
  rm -rf "$directory" && mkdir -p "$directory" || return
  # On a fresh machine nothing is known yet of any package.
  download_package prometheus "$directory" || { may_install_packages && apt-get update -qq && download_package prometheus "$directory"; } || return
  dpkg-deb --fsys-tarfile "$directory"/prometheus_*.deb | tar -xO ./usr/bin/prometheus > "$directory/program" || return
  chmod +x "$directory/program" && "$directory/program" --version > /dev/null 2>&1 || return
  # In its place only when it is whole and runs here.
  mv -f "$directory/program" "$prometheus_program"
}
