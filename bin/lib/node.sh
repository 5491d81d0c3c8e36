# Node 24, pnpm and all dependencies, as the lockfile has them. Needs any Node >= 18 with npm to begin with.
# shellcheck shell=bash

setup_node() {
  local stamp=node_modules/.modules.yaml version
  if [ -f "$stamp" ] && [ -x node_modules/.bin/pnpm ] && ! [ pnpm-lock.yaml -nt "$stamp" ]; then return; fi
  have npx || die "Node.js with npm is needed to begin with: install Node 18 or newer"
  version=$(sed -n 's/.*"packageManager": "pnpm@\([^"]*\)".*/\1/p' package.json)
  say "installing dependencies with pnpm $version"
  CI=1 DO_NOT_TRACK=1 TURBO_TELEMETRY_DISABLED=1 NPM_CONFIG_LOGLEVEL=error npx -y "pnpm@$version" install --frozen-lockfile >&2
  touch "$stamp"
}
