# The Node 24 of the lockfile on Debian's C and C++ libraries.
make_rootfs "$ROOT" bookworm libc6,libstdc++6,libgcc-s1
node=$(readlink -f "$REPOSITORY/node_modules/.bin/node")
cp "$node" "$ROOT/usr/bin/node"
add_user "$ROOT" node 1000 /home/node
mkdir -p "$ROOT/home/node" "$ROOT/app"
chown 1000:1000 "$ROOT/home/node" "$ROOT/app"
import_image "$ROOT" "$IMAGE" 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' 'CMD ["node"]'
