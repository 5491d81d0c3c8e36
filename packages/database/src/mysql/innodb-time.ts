/**
 * InnoDB says since when a transaction runs, or waits, in the local time of the server's machine. `now()` is in the session's zone,
 * which a server may be told to be another one: sent before such moments are compared with it.
 */
export const innodbTimeSql = "set session time_zone = 'SYSTEM';";
