#!/bin/sh
# Runs Caddy by the routing that the door was left with: it holds from the first request on.
set -eu
rm -rf /run/sluice/routing /run/sluice/*.sock
mkdir -p /run/sluice/routing
: > "/run/sluice/routing/routing.999999999.$(cat /var/lib/sluice/routing)"
exec caddy run --config /etc/sluice/caddy.json
