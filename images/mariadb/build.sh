# MariaDB 10.11 that behaves as the official image does for what compose files use of it.
make_rootfs "$ROOT" bookworm mariadb-server-core,mariadb-client-core,mariadb-client,zstd,libc-bin
rm -rf "$ROOT"/usr/lib/*/{perl*,libperl*,gconv} "$ROOT"/usr/share/{perl*,groff}
(cd "$ROOT/usr/bin" && rm -f perl* resolve_stack_dump replace perror innochecksum mariadb-{binlog,check,conv,import,plugin,show,slap,tzinfo-to-sql,upgrade,waitpid})
add_user "$ROOT" mysql 999 /var/lib/mysql
ln -s mariadb.cnf "$ROOT/etc/mysql/my.cnf"
mkdir -p "$ROOT"/{docker-entrypoint-initdb.d,run/mysqld,var/lib/mysql,usr/local/bin}
install -m 755 "$HERE/docker-entrypoint.sh" "$ROOT/usr/local/bin/docker-entrypoint.sh"
chown -R 999:999 "$ROOT"/{run/mysqld,var/lib/mysql}
# Programs of the root file system are run in it: it is of this machine's own kind, and this is root.
chroot "$ROOT" su -s /bin/sh -- mysql -c 'mariadb-install-db --datadir=/tmp/data --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve --force > /tmp/log 2>&1' || { cat "$ROOT/tmp/log" >&2; exit 1; }
rm -f "$ROOT/tmp/log"
tar -C "$ROOT/tmp/data" -c . | chroot "$ROOT" zstd -q -3 > "$ROOT/usr/share/mysql/new-data.tar.zst"
rm -rf "$ROOT/tmp/data"
import_image "$ROOT" "$IMAGE" \
  'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
  'VOLUME /var/lib/mysql' 'EXPOSE 3306' 'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["mariadbd"]'
