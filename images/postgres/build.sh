# PostgreSQL 15 that behaves as the official image does for what compose files use of it.
make_rootfs "$ROOT" bookworm postgresql-15,zstd,libc-bin
rm -rf "$ROOT"/usr/lib/llvm* "$ROOT"/usr/lib/*/libLLVM* "$ROOT"/usr/lib/*/perl* "$ROOT"/usr/share/perl* "$ROOT"/usr/lib/postgresql/15/lib/{bitcode,llvmjit*}
add_user "$ROOT" postgres 999 /var/lib/postgresql
mkdir -p "$ROOT"/{docker-entrypoint-initdb.d,run/postgresql,var/lib/postgresql/data,usr/local/bin}
install -m 755 "$HERE/docker-entrypoint.sh" "$ROOT/usr/local/bin/docker-entrypoint.sh"
chown -R 999:999 "$ROOT"/{run,var/lib}/postgresql
chmod 700 "$ROOT/var/lib/postgresql/data"
import_image "$ROOT" "$IMAGE" \
  'ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 PGDATA=/var/lib/postgresql/data' \
  'VOLUME /var/lib/postgresql/data' 'EXPOSE 5432' 'STOPSIGNAL SIGINT' \
  'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["postgres"]'
