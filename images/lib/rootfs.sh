# Root file systems from Debian packages, imported as images: for machines that reach no image registry.
# shellcheck shell=bash

# The apt line of a suite, with the mirror this machine already uses.
debian_source() { # suite
  local uri
  uri=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources 2>/dev/null)
  [ -n "$uri" ] || uri=$(awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^(http|https|file):/) { print $i; exit } }' /etc/apt/sources.list)
  printf 'deb %s %s main\n' "$uri" "$1"
}

make_rootfs() { # directory suite package,package,...
  mmdebstrap --quiet --variant=extract --include="base-files,busybox-static,netbase,$3" "$2" "$1" "$(debian_source "$2")"
  rm -rf "$1"/usr/share/{doc,man,locale,info,lintian} "$1"/var/{cache,log} "$1"/var/lib/{apt,dpkg}
  mkdir -p "$1"/{tmp,run,proc,sys,dev,root}
  chmod 1777 "$1/tmp"
  printf 'hosts: files dns\n' > "$1/etc/nsswitch.conf"
  add_applets "$1"
}

# Every busybox applet that the packages did not bring a program for.
add_applets() { # directory
  local applet place
  for applet in $(busybox --list); do
    for place in bin sbin usr/bin usr/sbin; do
      [ -e "$1/$place/$applet" ] && continue 2
    done
    ln -s /bin/busybox "$1/usr/bin/$applet"
  done
  # Before usr-merge, /bin is a directory of its own, and scripts ask for /bin/sh.
  [ -e "$1/bin/sh" ] || ln -s /bin/busybox "$1/bin/sh"
}

add_user() { # directory name id home
  grep -qs '^root:' "$1/etc/passwd" || printf 'root:x:0:0:root:/root:/bin/sh\n' > "$1/etc/passwd"
  grep -qs '^root:' "$1/etc/group" || printf 'root:x:0:\n' > "$1/etc/group"
  printf '%s:x:%s:%s::%s:/bin/sh\n' "$2" "$3" "$3" "$4" >> "$1/etc/passwd"
  printf '%s:x:%s:\n' "$2" "$3" >> "$1/etc/group"
}

import_image() { # directory image dockerfile-instruction...
  local directory=$1 image=$2 changes=()
  shift 2
  for change in "$@"; do changes+=(-c "$change"); done
  tar -C "$directory" --numeric-owner -cf - . | docker import "${changes[@]}" -c "LABEL dev.sluice.recipe=$RECIPE" - "$image" > /dev/null
}
