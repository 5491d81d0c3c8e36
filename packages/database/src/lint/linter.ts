/** What reads SQL and knows no database. */
export interface SqlLinter {
  readonly name: string;
  /**
   * Never fails of the linter: what it cannot do is `notRead`.
   *
   * @param parts of one file of SQL, each a transaction
   * @param major of the server that they are for
   * @throws the signal's reason
   */
  lint(parts: readonly string[], major: number, signal?: AbortSignal): Promise<Lint>;
}

/** What a linter has against a script. */
export interface Lint {
  readonly findings: readonly LintFinding[];
  /** Why it has not read all of it; `null` where it has. */
  readonly notRead: string | null;
}

export interface LintFinding {
  /** `constraint-missing-not-valid` */
  readonly rule: string;
  readonly message: string;
  readonly help: string | null;
  /** The first that it is said of, without its literals and cut. */
  readonly statement: string;
  /** Of how many it is said. */
  readonly times: number;
}
