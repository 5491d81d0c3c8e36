# HAProxy with socat, the client of its admin socket. $VARIANT is the HAProxy line: 3.0 (trixie) or 2.6 (bookworm).
case ${VARIANT:-3.0} in
  3.0) suite=trixie ;;
  2.6) suite=bookworm ;;
esac
make_rootfs "$ROOT" "$suite" haproxy,socat
add_user "$ROOT" haproxy 101 /var/lib/haproxy
mkdir -p "$ROOT"/{etc/haproxy,var/lib/haproxy,run/haproxy}
rm -f "$ROOT/etc/haproxy/haproxy.cfg"
import_image "$ROOT" "$IMAGE" 'STOPSIGNAL SIGUSR1' 'CMD ["haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"]'
