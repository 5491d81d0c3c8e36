# PostgreSQL 15 that behaves as the official image does for what compose files use of it.
make_rootfs "$ROOT" bookworm postgresql-15,zstd,libc-bin
rm -rf "$ROOT"/usr/lib/llvm* "$ROOT"/usr/lib/*/libLLVM* "$ROOT"/usr/lib/*/perl* "$ROOT"/usr/share/perl* "$ROOT"/usr/lib/postgresql/15/lib/{bitcode,llvmjit*}
add_user "$ROOT" postgres 999 /var/lib/postgresql
mkdir -p "$ROOT"/{docker-entrypoint-initdb.d,run/postgresql,var/lib/postgresql/data,usr/local/bin}
install -m 755 "$HERE/docker-entrypoint.sh" "$ROOT/usr/local/bin/docker-entrypoint.sh"
chown -R 999:999 "$ROOT"/{run,var/lib}/postgresql
chmod 700 "$ROOT/var/lib/postgresql/data"
import_postgres() { # image
  import_image "$ROOT" "$1" \
    'ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 PGDATA=/var/lib/postgresql/data' \
    'VOLUME /var/lib/postgresql/data' 'EXPOSE 5432' 'STOPSIGNAL SIGINT' \
    'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["postgres"]'
}
# In a container, as initdb tries out what memory it can share, and writes that into the server's configuration.
import_postgres "$IMAGE-without-data"
docker run --rm --network none --user postgres --entrypoint sh "$IMAGE-without-data" -c '
  initdb -D /tmp/data -U postgres --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync >&2 &&
    tar -C /tmp/data -c . | zstd -q -3' > "$ROOT/usr/share/postgresql/15/new-data.tar.zst"
import_postgres "$IMAGE"
docker image rm "$IMAGE-without-data" > /dev/null
