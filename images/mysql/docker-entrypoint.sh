#!/bin/sh
# First start: initialise the data directory from MYSQL_* and /docker-entrypoint-initdb.d; then run the server.
set -e
case $1 in -*) set -- mysqld "$@" ;; esac
[ "$1" = mysqld ] || exec "$@"
data=/var/lib/mysql

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$data" /run/mysqld
  find "$data" ! -user mysql -exec chown mysql:mysql {} +
  chown mysql:mysql /run/mysqld
  # Behind the --, or su takes an option of the server for its own.
  exec su -p -s /bin/sh -- mysql "$0" "$@"
fi

for name in ROOT_PASSWORD ROOT_HOST DATABASE USER PASSWORD; do
  eval ": \"\${MYSQL_$name:=}\"; file=\${MYSQL_${name}_FILE:-}"
  [ -z "$file" ] || eval "MYSQL_$name=\$(cat \"\$file\")"
done
: "${MYSQL_ROOT_HOST:=%}"

refuse() {
  echo "$1" >&2
  exit 1
}
quoted() { # text
  printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"
}
name() { # identifier
  printf '`%s`' "$(printf %s "$1" | sed 's/`/``/g')"
}

accounts() {
  printf 'ALTER USER root@localhost IDENTIFIED BY %s;\n' "$(quoted "$MYSQL_ROOT_PASSWORD")"
  [ "$MYSQL_ROOT_HOST" = localhost ] || {
    host=$(quoted "$MYSQL_ROOT_HOST")
    printf 'CREATE USER root@%s IDENTIFIED BY %s; GRANT ALL ON *.* TO root@%s WITH GRANT OPTION;\n' "$host" "$(quoted "$MYSQL_ROOT_PASSWORD")" "$host"
  }
  [ -z "$MYSQL_DATABASE" ] || printf 'CREATE DATABASE IF NOT EXISTS %s;\n' "$(name "$MYSQL_DATABASE")"
  [ -n "$MYSQL_USER" ] && [ -n "$MYSQL_PASSWORD" ] || return 0
  printf "CREATE USER %s@'%%' IDENTIFIED BY %s;\n" "$(quoted "$MYSQL_USER")" "$(quoted "$MYSQL_PASSWORD")"
  [ -z "$MYSQL_DATABASE" ] ||
    printf "GRANT ALL ON %s.* TO %s@'%%';\n" "$(name "$MYSQL_DATABASE" | sed 's/_/\\_/g')" "$(quoted "$MYSQL_USER")"
}

# What a server makes of nothing takes it ten seconds and is always the same: the image holds it, for servers that nobody told
# otherwise about what is decided then.
make_data() { # options...
  case "$(cat /etc/mysql/conf.d/*.cnf 2> /dev/null) $*" in
    *lower[-_]case* | *page[-_]size* | *data[-_]file* | *undo* | *initialize*) mysqld --initialize-insecure --datadir="$data" "$@" ;;
    *) zstd -dc /usr/share/mysql/new-data.tar.zst | tar -x -C "$data" ;;
  esac
}

initialise() {
  [ -n "$MYSQL_ROOT_PASSWORD$MYSQL_ALLOW_EMPTY_PASSWORD$MYSQL_RANDOM_ROOT_PASSWORD" ] ||
    refuse "one of MYSQL_ROOT_PASSWORD, MYSQL_ALLOW_EMPTY_PASSWORD and MYSQL_RANDOM_ROOT_PASSWORD is needed"
  [ "$MYSQL_USER" != root ] || refuse "MYSQL_USER=root: root is there already, and MYSQL_ROOT_PASSWORD is its password"
  make_data "$@"
  if [ -n "$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
    MYSQL_ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64)
    echo "GENERATED ROOT PASSWORD: $MYSQL_ROOT_PASSWORD"
  fi
  # With no scripts to run one start does: it lets nobody in before it is through with this file, which no disk holds.
  case "$(ls -A /docker-entrypoint-initdb.d)$MYSQL_ONETIME_PASSWORD" in
    '') exec 3<< statements && exec mysqld --datadir="$data" "$@" --init-file=/dev/fd/3 ;;
SET sql_log_bin = 0;
$(accounts)
statements
  esac
  # No TCP while the scripts run: nothing can mistake a half-made server for a ready one.
  mysqld --datadir="$data" --skip-log-bin --skip-networking --mysqlx=OFF "$@" &
  server=$!
  until mysqladmin -u root --silent ping > /dev/null 2>&1; do
    kill -0 "$server"
    sleep 0.1
  done
  accounts | mysql -u root
  export MYSQL_PWD="$MYSQL_ROOT_PASSWORD"
  for script in /docker-entrypoint-initdb.d/*; do run_script "$script"; done
  [ -z "$MYSQL_ONETIME_PASSWORD" ] || mysql -u root -e "ALTER USER root@$(quoted "$MYSQL_ROOT_HOST") PASSWORD EXPIRE"
  mysqladmin -u root shutdown
  wait "$server"
  unset MYSQL_PWD
}

run_script() { # file
  case $1 in
    *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
    *.sql) mysql -u root ${MYSQL_DATABASE:+"--database=$MYSQL_DATABASE"} < "$1" ;;
    *.sql.gz) zcat "$1" | mysql -u root ${MYSQL_DATABASE:+"--database=$MYSQL_DATABASE"} ;;
    *.sql.zst) zstd -dc "$1" | mysql -u root ${MYSQL_DATABASE:+"--database=$MYSQL_DATABASE"} ;;
  esac
}

shift
if [ ! -d "$data/mysql" ]; then initialise "$@"; fi
exec mysqld --datadir="$data" "$@"
