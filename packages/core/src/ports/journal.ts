/** A record as it is given to the journal; the journal adds `seq`, `at`, `previous` and `hash`. */
export interface JournalEntry {
  readonly type: string;
  readonly deployment?: string | undefined;
  readonly [key: string]: unknown;
}

export interface JournalRecord extends JournalEntry {
  readonly v: 1;
  /** From 1, without a gap. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Hash of the record before; 64 zeros for the first. */
  readonly previous: string;
  readonly hash: string;
}

export interface WantedRecords {
  /** Default: all. What is of another type is passed over, mostly without being looked into. */
  readonly types?: ((type: string) => boolean) | undefined;
}

/** The append-only record of a stack. It grows for as long as the stack lives: ask for what you need of it. */
export interface Journal {
  /** Durable when it resolves (fsync). @throws SluiceError HOME_UNUSABLE, DISK_FULL */
  append(entry: JournalEntry): Promise<JournalRecord>;
  /** Records in order; a torn last line is left out. @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER */
  read(wanted?: WantedRecords): AsyncIterable<JournalRecord>;
  /** The same from the newest to the oldest: the record is read only as far back as the caller goes. */
  backwards(wanted?: WantedRecords): AsyncIterable<JournalRecord>;
}
