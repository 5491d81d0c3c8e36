/**
 * An SQL condition on `pg_stat_activity`: whoever asks may end the session. Asking for more is an error, which takes what was asked with
 * it along. Of a session that is nobody's, as an autovacuum worker's, it holds for a superuser alone.
 */
export const mayEnd =
  "(current_setting('is_superuser') = 'on' or not (select rolsuper from pg_roles r where r.oid = usesysid) and (pg_has_role(usesysid, 'USAGE') or pg_has_role('pg_signal_backend', 'USAGE')))";

/** An SQL condition on it: the session keeps its database from being renamed. Of autovacuum's the server itself rids a database then. */
export const isInTheWay = "usesysid is not null";

/** An SQL expression that names a session, for people. */
export const sessionText = "format('%s (%s, pid %s)', usename, application_name, pid)";
