#!/bin/sh
# First start: initialise the data directory from POSTGRES_* and /docker-entrypoint-initdb.d; then run the server.
set -e
[ "$1" = postgres ] || exec "$@"

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
[ -z "$POSTGRES_PASSWORD_FILE" ] || POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    echo "POSTGRES_PASSWORD is not set: the server would be open to nobody or to everybody" >&2
    exit 1
  fi
  umask 077
  printf '%s\n' "$POSTGRES_PASSWORD" > /tmp/password
  set -- "$@"
  if [ -n "$POSTGRES_PASSWORD" ]; then password=--pwfile=/tmp/password; else password=; fi
  # shellcheck disable=SC2086
  initdb -D "$PGDATA" -U "$user" $password --auth-host="$method" --auth-local=trust --encoding=UTF8 --locale=C.UTF-8 $POSTGRES_INITDB_ARGS
  rm -f /tmp/password
  printf 'host all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
  # No TCP while the scripts run: nothing can mistake a half-made server for a ready one.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -c unix_socket_directories=/run/postgresql" -w start > /dev/null
  export PGHOST=/run/postgresql PGUSER="$user"
  [ "$database" = postgres ] || createdb "$database"
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sql) psql -v ON_ERROR_STOP=1 -d "$database" -f "$script" ;;
      *.sql.gz) zcat "$script" | psql -v ON_ERROR_STOP=1 -d "$database" ;;
      *.sh) . "$script" ;;
    esac
  done
  pg_ctl -D "$PGDATA" -m fast -w stop > /dev/null
  unset PGHOST PGUSER
fi
exec "$@" -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/run/postgresql
