#!/bin/sh
# First start: initialise the data directory from POSTGRES_* and /docker-entrypoint-initdb.d; then run the server.
set -e
case $1 in -*) set -- postgres "$@" ;; esac
[ "$1" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  find "$PGDATA" ! -user postgres -exec chown postgres:postgres {} +
  chown postgres:postgres /run/postgresql
  chmod 700 "$PGDATA"
  # Behind the --, or su takes an option of the server for its own.
  exec su -p -s /bin/sh -- postgres "$0" "$@"
fi

for name in PASSWORD USER DB INITDB_ARGS; do
  eval "file=\${POSTGRES_${name}_FILE:-}"
  [ -z "$file" ] || eval "POSTGRES_$name=\$(cat \"\$file\")"
done
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}

# What initdb makes takes it a second and is always the same but for the superuser's name and password, which are given afterwards:
# the image holds it, for servers that nobody told otherwise about what is decided then.
is_ordinary() {
  case "$method $POSTGRES_INITDB_ARGS" in
    'scram-sha-256 ' | 'scram-sha-256 --no-sync') ;;
    *) return 1 ;;
  esac
}

make_data() {
  if is_ordinary; then
    zstd -dc /usr/share/postgresql/15/new-data.tar.zst | tar -x -C "$PGDATA"
    return
  fi
  password=
  if [ -n "$POSTGRES_PASSWORD" ]; then
    printf '%s\n' "$POSTGRES_PASSWORD" > /tmp/password
    password=--pwfile=/tmp/password
  fi
  # shellcheck disable=SC2086
  initdb -D "$PGDATA" -U "$user" $password --auth-host="$method" --auth-local=trust --encoding=UTF8 --locale=C.UTF-8 $POSTGRES_INITDB_ARGS
  rm -f /tmp/password
}

# As initdb would have called it: no command renames the role that gives it.
name_superuser() {
  psql -Xq -v ON_ERROR_STOP=1 -U postgres -d postgres << 'SQL'
\getenv user PGUSER
\getenv password PGPASSWORD
alter role postgres password :'password';
update pg_authid set rolname = :'user' where rolname = 'postgres';
SQL
}

initialise() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    echo "POSTGRES_PASSWORD is not set: the server would be open to nobody or to everybody" >&2
    exit 1
  fi
  umask 077
  make_data
  printf 'host all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
  # No TCP while the scripts run: nothing can mistake a half-made server for a ready one.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start > /dev/null
  export PGUSER="$user" PGPASSWORD="$POSTGRES_PASSWORD"
  if is_ordinary; then name_superuser; fi
  [ "$database" = postgres ] || createdb "$database"
  export PGDATABASE="$database"
  for script in /docker-entrypoint-initdb.d/*; do run_script "$script"; done
  pg_ctl -D "$PGDATA" -m fast -w stop > /dev/null
  unset PGUSER PGPASSWORD PGDATABASE
}

run_script() { # file
  case $1 in
    *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
    *.sql) psql -v ON_ERROR_STOP=1 -f "$1" ;;
    *.sql.gz) zcat "$1" | psql -v ON_ERROR_STOP=1 ;;
    *.sql.zst) zstd -dc "$1" | psql -v ON_ERROR_STOP=1 ;;
  esac
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then initialise; fi
# First, so that the command of a compose file may set another.
shift
exec postgres -c listen_addresses='*' "$@"
