# What a test needs to make a second machine on this one: an ssh server, and network namespaces. Where it may not be
# installed, that test says why it is skipped.
# shellcheck shell=bash

setup_ssh() {
  local missing=()
  [ -x /usr/sbin/sshd ] || missing+=(openssh-server)
  have ssh || missing+=(openssh-client)
  have ip || missing+=(iproute2)
  [ ${#missing[@]} -gt 0 ] || return 0
  # Where services are started, the package would open this machine to the network.
  if [ -d /run/systemd/system ] || ! may_install_packages; then
    say "missing: ${missing[*]}; tests that need a second machine are skipped"
    return 0
  fi
  say "installing ${missing[*]} from Debian's packages, for tests that need a second machine"
  without_service_start install_packages "${missing[@]}" || say "they cannot be installed: those tests are skipped"
}
