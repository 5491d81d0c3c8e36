/** What one look at a span shows. */
export interface Sight {
  readonly result: "pass" | "fail" | "no-data";
  /** What was measured, with its unit. */
  readonly value: string;
  readonly limit: string;
  /** Sample size. */
  readonly n: number;
  readonly p?: number | undefined;
  readonly detail?: string | undefined;
  /** There was too little time to judge by: shown, and stops nothing, whatever the check says of no data. */
  readonly isEarly?: boolean | undefined;
}

/** One kind of check over a span. */
export interface Span extends AsyncDisposable {
  /** The limit as text, for looks that show nothing. */
  readonly limit: string;
  /** @throws SluiceError where nothing can be seen */
  look(looks: number, signal: AbortSignal): Promise<Sight>;
  /** As `Watching` has it. */
  readonly stirred?: ((signal: AbortSignal) => Promise<void>) | undefined;
}
