# Caddy with curl, the client of its admin socket, and socat, through which checks come in. Debian's own is too old; its backports are not.
make_rootfs "$ROOT" trixie-backports caddy/trixie-backports,curl,socat,ca-certificates
mkdir -p "$ROOT"/{etc/sluice,var/lib/sluice,var/log/sluice,run/sluice,data}
install -m 755 "$HERE/start.sh" "$ROOT/usr/bin/sluice-door"
import_image "$ROOT" "$IMAGE" 'ENV XDG_DATA_HOME=/data XDG_CONFIG_HOME=/var/lib/sluice' 'CMD ["sluice-door"]'
