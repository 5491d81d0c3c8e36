/** What of a state home travels: everything that is durable. The lock stays where its processes are. */
export const exportedFiles = ["home.json", "journal.head", "journal.ndjson", "journal.torn"] as const;
export const exportedDirectories = ["keys", "releases"] as const;
