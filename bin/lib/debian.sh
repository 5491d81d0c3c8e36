# What a Debian machine may be asked to do: install packages, and name the mirror it uses itself.
# shellcheck shell=bash

os_release() { (. /etc/os-release 2> /dev/null && eval "printf %s \"\${$1:-}\""); }

may_install_packages() { [ "$(id -u)" = 0 ] && [ "$(os_release ID)" = debian ] && have apt-get; }

install_packages() { # package...
  # A run that was killed may have left dpkg half-way; apt-get refuses to go on from there.
  dpkg --configure -a > /dev/null
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}

# The package as a file in a directory; nothing of the machine is changed, so anybody may.
download_package() { # package directory
  local as_caller=()
  # apt's own user cannot write to a directory of somebody's home.
  [ "$(id -u)" != 0 ] || as_caller=(-o APT::Sandbox::User=root)
  (cd "$2" && apt-get download -qq "${as_caller[@]}" "$1" > /dev/null 2>&1)
}

# apt lines of another suite and its security updates, with the mirrors and keys of this machine's own: no host is written down.
debian_sources() { # suite
  local own uri key suffix
  own=$(os_release VERSION_CODENAME)
  # Backports stand on the release they are for, and are served by its mirror.
  if [[ $1 = *-backports ]]; then
    debian_sources "${1%-backports}"
    debian_sources "${1%-backports}" | sed -n "1s/ ${1%-backports} main\$/ $1 main/p"
    return
  fi
  for suffix in "" -security; do
    read -r uri key < <(debian_mirror "$own$suffix") || [ -n "$suffix" ] || die "no apt source of this machine has the suite $own"
    if [ "$1" = sid ]; then
      # It gets no security updates; and a mirror may stand still for longer than its lists say they are good for.
      printf 'deb [%scheck-valid-until=no] %s sid main\n' "${key:+signed-by=$key }" "$uri"
      return
    fi
    [ -z "$uri" ] || printf 'deb %s%s %s%s main\n' "${key:+[signed-by=$key] }" "$uri" "$1" "$suffix"
  done
}

# "URI KEYRING" of the source that serves a suite, in either of apt's two formats.
debian_mirror() { # suite
  find /etc/apt/sources.list.d -name '*.sources' -exec awk -v suite="$1" '
    function flush() { if (found && uri != "") { print uri, key; done = 1; exit } found = 0; uri = key = "" }
    FNR == 1 || /^[[:space:]]*$/ { flush() }
    /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == suite) found = 1 }
    /^URIs:/ { uri = $2 }
    /^Signed-By:/ { if ($2 ~ /^\//) key = $2 }
    END { if (!done) flush() }' {} + | grep . && return
  find /etc/apt/sources.list /etc/apt/sources.list.d -name '*.list' -exec awk -v suite="$1" '
    $1 == "deb" {
      key = ""
      if (match($0, /signed-by=[^] ]+/)) key = substr($0, RSTART + 10, RLENGTH - 10)
      sub(/\[[^]]*\]/, "")
      if ($3 == suite) { print $2, key; exit }
    }' {} + 2> /dev/null | grep .
}
