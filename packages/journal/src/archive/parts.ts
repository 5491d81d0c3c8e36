/**
 * What of a state home travels: everything that is durable. The lock and the socket for orders stay where their processes are,
 * and what is only a memory is made anew.
 */
export const exportedFiles = ["home.json", "journal.head", "journal.ndjson", "journal.torn"] as const;
export const exportedDirectories = ["keys", "outbox", "releases"] as const;

/** Travels only where that is asked for: it may be larger than everything else by far. */
export const backupsDirectory = "backups";
