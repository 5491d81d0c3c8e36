# MariaDB 10.11 that behaves as the official image does for what compose files use of it.
make_rootfs "$ROOT" bookworm mariadb-server-core,mariadb-client-core,mariadb-client,zstd,libc-bin
rm -rf "$ROOT"/usr/lib/*/{perl*,libperl*,gconv} "$ROOT"/usr/share/{perl*,groff}
(cd "$ROOT/usr/bin" && rm -f perl* resolve_stack_dump replace perror innochecksum mariadb-{binlog,check,conv,import,plugin,show,slap,tzinfo-to-sql,upgrade,waitpid})
add_user "$ROOT" mysql 999 /var/lib/mysql
ln -s mariadb.cnf "$ROOT/etc/mysql/my.cnf"
mkdir -p "$ROOT"/{docker-entrypoint-initdb.d,run/mysqld,var/lib/mysql,usr/local/bin}
install -m 755 "$HERE/docker-entrypoint.sh" "$ROOT/usr/local/bin/docker-entrypoint.sh"
chown -R 999:999 "$ROOT"/{run/mysqld,var/lib/mysql}
import_image "$ROOT" "$IMAGE" \
  'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
  'VOLUME /var/lib/mysql' 'EXPOSE 3306' 'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["mariadbd"]'
