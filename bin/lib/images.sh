# The door, and stand-ins for public images. Each is built when it is missing or when its recipe has changed: from Debian's
# packages where this is root on Debian, else from the public image of the same name.
# shellcheck shell=bash

setup_images() {
  docker version > /dev/null 2>&1 || die "no Docker engine answers: run bin/setup engine"
  setup_image busybox sluice-test/busybox:latest busybox
  setup_image door sluice/door:3.0 haproxy:3.0 3.0
  setup_image door sluice/door:2.6 haproxy:2.6 2.6
  setup_image door-caddy sluice/door-caddy:2 caddy:2
  setup_image node sluice-test/node:24 node:24-slim
  setup_image shop-base sluice-test/shop-base:latest sluice-test/node:24
  setup_image postgres sluice-test/postgres:15 postgres:15
  setup_image mariadb sluice-test/mariadb:10.11 mariadb:10.11
  setup_image nginx sluice-test/nginx:latest nginx
  docker tag sluice/door:3.0 sluice/door:latest
  # Of Debian's suites only the unstable one has it, which may be half-way to something else on any day.
  (setup_image mysql sluice-test/mysql:9 mysql:9) || say "there is no image of MySQL: tests that need it say so and are skipped"
}

setup_image() { # recipe image public-image [variant]
  local base=$3 hash
  # A base image is named where packages are not used, and for the recipe that always stands on one.
  if [ "$1" != shop-base ] && may_install_packages; then base=; fi
  hash=$(recipe_hash "$1" "$base" "${4:-}")
  [ "$(image_recipe "$2")" != "$hash" ] || return 0
  [ -n "$base" ] || need_package_tools
  say "building image $2 from ${base:-Debian packages}"
  images/build "$1" "$2" "$hash" "$base" "${4:-}" || die "image $2 could not be built"
}

image_recipe() { docker image inspect --format '{{index .Config.Labels "dev.sluice.recipe"}}' "$1" 2> /dev/null || true; }

# What an image is made of: its files, what it stands on, and the versions it takes from elsewhere in the repository.
recipe_hash() { # recipe base variant
  {
    printf '%s\n' "$2" "$3"
    find images/build images/lib "images/$1" -type f ! -name README.md -print0 | sort -z | xargs -0 sha256sum
    case $1 in
      node) grep node-linux- package.json ;;
      shop-base) image_recipe "$2" && sha256sum examples/shop/package-lock.json ;;
    esac
  } | sha256sum | cut -c1-16
}

need_package_tools() {
  local missing=()
  have mmdebstrap || missing+=(mmdebstrap)
  have busybox || missing+=(busybox-static)
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  install_packages "${missing[@]}"
}
