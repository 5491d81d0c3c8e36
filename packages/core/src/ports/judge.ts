import type { AnalysisConfig } from "../config/schema.ts";
import type { Verdict } from "../model/verdict.ts";

/** What users of one service got from one slot since the share was last changed. Probes are not among them. */
export interface SlotWindow {
  readonly requests: number;
  /** 5xx answers and requests that got none. */
  readonly errors: number;
  readonly http4xx: number;
  /** Total times of a sample of its requests, milliseconds. */
  readonly latenciesMs: readonly number[];
  /** The client (bucket) of each of `latenciesMs`, below 0 where it is not known; absent where none is. */
  readonly latencyClients?: readonly number[] | undefined;
  /** Clients (buckets) that made requests, and those among them that met an error. */
  readonly clients: number;
  readonly clientsWithErrors: number;
  /** The client that met most errors; absent where clients cannot be told apart, or none met any. */
  readonly worstClient?: { readonly requests: number; readonly errors: number } | undefined;
  /** Of `requests` and `errors`, those of the last moments of which it is not known yet whose they were; absent for none. */
  readonly unattributed?: { readonly requests: number; readonly errors: number } | undefined;
}

export interface JudgeWindow {
  readonly candidate: SlotWindow;
  /** The same span of the previous, or the window recorded before where it gets no users any more; `null` without one. */
  readonly previous: SlotWindow | null;
  /** How often this window has been judged, this time included, of how many planned. */
  readonly look: number;
  readonly looks: number;
  /**
   * How many services are judged at once, each by its own window: the risk to throw a good release away is split over
   * them. Default: 1.
   */
  readonly services?: number | undefined;
  readonly settings: AnalysisConfig;
}

/** The judgement of candidate against previous. Pure. The verdict on errors is called `errors`, the one on latency `latency`. */
export type Judge = (window: JudgeWindow) => readonly Verdict[];
