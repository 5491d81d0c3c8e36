/** One difference between the resolved model of a release and that of the release before it. */
export interface ModelChange {
  /** Keys from the top: `services.web.environment.LOG_LEVEL`; one that holds more than letters, digits, `_` and `-` in brackets. */
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
  /** The value as JSON, a text without quotes; `hmac:` and 16 hexadecimal digits, by the key of the state home, for what may be secret. */
  readonly before?: string;
  readonly after?: string;
}

/** What a release changes in the resolved model. Holds no secret. */
export interface ModelChanges {
  /** In the order of their paths. */
  readonly listed: readonly ModelChange[];
  /** How many more there are. */
  readonly omitted: number;
}
