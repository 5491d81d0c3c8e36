# restic, which tests of the store of that kind run. Where it may not be installed, they say so and are skipped.
# shellcheck shell=bash

setup_restic() {
  have restic && return
  if ! may_install_packages; then
    say "missing: restic; tests that need it are skipped"
    return 0
  fi
  say "installing restic from Debian's packages, for the tests of a store of backups"
  install_packages restic || say "it cannot be installed: those tests are skipped"
}
