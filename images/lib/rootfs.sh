# Root file systems from Debian packages, imported as images: for machines that reach no image registry.
# shellcheck shell=bash

make_rootfs() { # directory suite package,package,...
  debian_sources "$2" | mmdebstrap --quiet --variant=extract --include="base-files,busybox-static,netbase,$3" "$2" "$1" -
  rm -rf "$1"/usr/share/{doc,man,locale,info,lintian} "$1"/var/{cache,log} "$1"/var/lib/{apt,dpkg}
  mkdir -p "$1"/{tmp,run,proc,sys,dev,root}
  chmod 1777 "$1/tmp"
  # Packages are unpacked, not configured: this link is made by a script of base-files.
  rm -rf "$1/var/run"
  ln -s /run "$1/var/run"
  printf 'hosts: files dns\n' > "$1/etc/nsswitch.conf"
  add_applets "$1"
}

# Every busybox applet that the packages did not bring a program for.
add_applets() { # directory
  local links=$1/applets place
  mkdir "$links"
  busybox --install -s "$links"
  for place in bin sbin usr/bin usr/sbin; do
    (cd "$1/$place" && printf '%s\0' *) | (cd "$links" && xargs -0 rm -f)
  done
  mv "$links"/* "$1/usr/bin/"
  rmdir "$links"
  # Before usr-merge, /bin is a directory of its own: the links say /usr/bin/busybox, and scripts ask for /bin/sh.
  [ -e "$1/usr/bin/busybox" ] || ln -s /bin/busybox "$1/usr/bin/busybox"
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
