# shellcheck shell=bash
say() { printf 'setup: %s\n' "$*" >&2; }
die() { printf 'setup: %s\n' "$*" >&2; exit 3; }
have() { command -v "$1" > /dev/null 2>&1; }
