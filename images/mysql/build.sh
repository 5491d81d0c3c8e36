# MySQL of Debian's unstable suite (9.7 or newer) that behaves as the official image does for what compose files use of it.
make_rootfs "$ROOT" sid mysql-server-core,mysql-client-core,zstd,libc-bin
rm -rf "$ROOT"/usr/lib/*/{perl*,libperl*,gconv} "$ROOT"/usr/share/{perl*,groff}
(cd "$ROOT/usr/bin" && rm -f perl* ibd2sdi innochecksum myisam* mysql_{config_editor,migrate_keyring,secure_installation,tzinfo_to_sql} mysql{_embedded,binlog,check,d_multi,d_safe,dumpslow,import,show,slap} perror)
(cd "$ROOT/usr/lib/mysql/plugin" && rm -f authentication_{kerberos,oci,openid_connect,webauthn}* component_telemetry.so group_replication.so telemetry_client.so)
add_user "$ROOT" mysql 999 /var/lib/mysql
mkdir -p "$ROOT"/{docker-entrypoint-initdb.d,etc/mysql/conf.d,run/mysqld,var/lib/mysql{,-files},usr/local/bin}
printf '[mysqld]\nskip-name-resolve\nhost-cache-size=0\n\n!includedir /etc/mysql/conf.d/\n' > "$ROOT/etc/mysql/my.cnf"
install -m 755 "$HERE/docker-entrypoint.sh" "$ROOT/usr/local/bin/docker-entrypoint.sh"
chown -R 999:999 "$ROOT"/{run/mysqld,var/lib/mysql{,-files}}
chmod 750 "$ROOT/var/lib/mysql-files"
# Programs of the root file system are run in it: it is of this machine's own kind, and this is root.
chroot "$ROOT" su -s /bin/sh -- mysql -c 'mysqld --initialize-insecure --datadir=/tmp/data --innodb-flush-method=nosync --skip-log-bin 2> /tmp/log' || { cat "$ROOT/tmp/log" >&2; exit 1; }
# Every server has an id and keys of its own.
rm -f "$ROOT"/tmp/data/{auto.cnf,*.pem} "$ROOT/tmp/log"
tar -C "$ROOT/tmp/data" -c . | chroot "$ROOT" zstd -q -3 > "$ROOT/usr/share/mysql/new-data.tar.zst"
rm -rf "$ROOT/tmp/data"
import_image "$ROOT" "$IMAGE" \
  'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
  'VOLUME /var/lib/mysql' 'EXPOSE 3306 33060' 'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["mysqld"]'
