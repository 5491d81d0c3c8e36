# The newest Compose and buildx to be had, beside those of the machine: plugins out of packages of Debian's unstable suite, kept
# in this checkout, for tests that run the same with both. Where they cannot be had, those tests say so and are skipped.
# shellcheck shell=bash

newest_compose=.sluice/tools/newest-compose

setup_newest_compose() {
  if "$newest_compose/cli-plugins/docker-compose" version > /dev/null 2>&1; then return 0; fi
  if ! have apt-get || ! have dpkg-deb; then
    say "missing: a newer Compose; tests that need it are skipped"
    return 0
  fi
  say "taking Compose and buildx out of packages of Debian's unstable suite (30 MB to fetch, 120 MB kept), for tests with the newest"
  take_newest_compose || say "they cannot be had: those tests are skipped"
  rm -rf "$newest_compose.next"
}

take_newest_compose() {
  local next=$PWD/$newest_compose.next package
  rm -rf "$next" && mkdir -p "$next"/{lists,cache,packages,cli-plugins} || return
  # The lists of apt itself, and what it would install, stay as they are.
  debian_sources sid | head -n 1 > "$next/sources.list"
  local apt=(-qq -o "Dir::Etc::sourcelist=$next/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$next/lists"
    -o "Dir::Cache=$next/cache" -o Acquire::Check-Valid-Until=false -o "APT::Sandbox::User=$(id -un)")
  apt-get "${apt[@]}" update > /dev/null 2>&1 || return
  for package in docker-compose docker-buildx; do
    (cd "$next/packages" && apt-get "${apt[@]}" download "$package/sid" > /dev/null 2>&1) || return
    dpkg-deb --fsys-tarfile "$next/packages/$package"_*.deb |
      tar -xO "./usr/libexec/docker/cli-plugins/$package" > "$next/cli-plugins/$package" || return
    chmod +x "$next/cli-plugins/$package"
  done
  "$next/cli-plugins/docker-compose" version > /dev/null 2>&1 || return
  rm -rf "$next"/{lists,cache,packages,sources.list} "$newest_compose"
  # In its place only when it is whole and runs here.
  mv "$next" "$newest_compose"
}
