#!/bin/sh
# First start: initialise the data directory from MARIADB_* and /docker-entrypoint-initdb.d; then run the server.
set -e
case $1 in -*) set -- mariadbd "$@" ;; esac
[ "$1" = mariadbd ] || exec "$@"
data=/var/lib/mysql

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$data" /run/mysqld
  find "$data" ! -user mysql -exec chown mysql:mysql {} +
  chown mysql:mysql /run/mysqld
  # Behind the --, or su takes an option of the server for its own.
  exec su -p -s /bin/sh -- mysql "$0" "$@"
fi

for name in ROOT_PASSWORD DATABASE USER PASSWORD ALLOW_EMPTY_ROOT_PASSWORD; do
  # Names of MySQL's image are taken as well.
  eval ": \"\${MARIADB_$name:=\${MYSQL_$name:-}}\" \"\${MARIADB_${name}_FILE:=\${MYSQL_${name}_FILE:-}}\""
  eval "file=\$MARIADB_${name}_FILE"
  [ -z "$file" ] || eval "MARIADB_$name=\$(cat \"\$file\")"
done

quoted() { # text
  printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"
}
name() { # identifier
  printf '`%s`' "$(printf %s "$1" | sed 's/`/``/g')"
}

# The server takes a line for a statement.
accounts() {
  echo "DELETE FROM mysql.global_priv WHERE User NOT IN ('root', 'mariadb.sys') OR (User = 'root' AND Host <> 'localhost');"
  echo "DELETE FROM mysql.proxies_priv WHERE Host <> 'localhost';"
  echo 'FLUSH PRIVILEGES;'
  printf 'ALTER USER root@localhost IDENTIFIED BY %s;\n' "$(quoted "$MARIADB_ROOT_PASSWORD")"
  printf "CREATE USER root@'%%' IDENTIFIED BY %s;\nGRANT ALL ON *.* TO root@'%%' WITH GRANT OPTION;\n" "$(quoted "$MARIADB_ROOT_PASSWORD")"
  [ -z "$MARIADB_DATABASE" ] || printf 'CREATE DATABASE IF NOT EXISTS %s;\n' "$(name "$MARIADB_DATABASE")"
  [ -z "$MARIADB_USER" ] || printf "CREATE USER %s@'%%' IDENTIFIED BY %s;\n" "$(quoted "$MARIADB_USER")" "$(quoted "$MARIADB_PASSWORD")"
  [ -z "$MARIADB_USER" ] || [ -z "$MARIADB_DATABASE" ] ||
    printf "GRANT ALL ON %s.* TO %s@'%%';\n" "$(name "$MARIADB_DATABASE" | sed 's/_/\\_/g')" "$(quoted "$MARIADB_USER")"
}

# What is made of nothing is always the same and takes as long as all the rest: the image holds it, for servers that nobody told
# otherwise about what is decided then.
make_data() { # options...
  case "$(cat /etc/mysql/conf.d/*.cnf 2> /dev/null) $*" in
    *lower[-_]case* | *page[-_]size* | *data[-_]file* | *log[-_]file* | *undo* | *encrypt*)
      mariadb-install-db --datadir="$data" --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve --force > /dev/null
      ;;
    *) zstd -dc /usr/share/mysql/new-data.tar.zst | tar -x -C "$data" ;;
  esac
}

initialise() {
  if [ -z "$MARIADB_ROOT_PASSWORD$MARIADB_ALLOW_EMPTY_ROOT_PASSWORD" ]; then
    echo "MARIADB_ROOT_PASSWORD is not set: the server would be open to nobody or to everybody" >&2
    exit 1
  fi
  make_data "$@"
  # With no scripts to run one start does: it lets nobody in before it is through with this file, which no disk holds.
  case "$(ls -A /docker-entrypoint-initdb.d)" in
    '') exec 3<< statements && exec mariadbd --datadir="$data" --bind-address=0.0.0.0 "$@" --init-file=/dev/fd/3 ;;
SET sql_log_bin = 0;
$(accounts)
statements
  esac
  # No TCP while the scripts run: nothing can mistake a half-made server for a ready one.
  mariadbd --datadir="$data" --skip-networking "$@" &
  server=$!
  until mariadb-admin -u root --silent ping > /dev/null 2>&1; do
    kill -0 "$server"
    sleep 0.1
  done
  accounts | mariadb -u root
  export MYSQL_PWD="$MARIADB_ROOT_PASSWORD"
  for script in /docker-entrypoint-initdb.d/*; do run_script "$script"; done
  mariadb-admin -u root shutdown
  wait "$server"
  unset MYSQL_PWD
}

run_script() { # file
  case $1 in
    *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
    *.sql) mariadb -u root $MARIADB_DATABASE < "$1" ;;
    *.sql.gz) zcat "$1" | mariadb -u root $MARIADB_DATABASE ;;
    *.sql.zst) zstd -dc "$1" | mariadb -u root $MARIADB_DATABASE ;;
  esac
}

shift
if [ ! -d "$data/mysql" ]; then initialise "$@"; fi
exec mariadbd --datadir="$data" --bind-address=0.0.0.0 "$@"
