import { setTimeout as sleep } from "node:timers/promises";
import { type Audit, auditLedger } from "./load/ledger.ts";
import { type LoadProfile, shopLoad } from "./load/profile.ts";
import type { LoadResult } from "./load/result.ts";
import { startLoad } from "./load/start-load.ts";
import { lastOrder, ordersSince } from "./load/stored-orders.ts";
import { loadNow } from "./load-average.ts";
import { describeFailure, type Measurement } from "./measure.ts";
import { untilAnswers } from "./until-answers.ts";

/** Names of the marks that every observed command has. */
export const phaseNames = { before: "before", during: "during", after: "after" } as const;

/** A command that changes which version serves, under load. */
export interface Observation {
  readonly old: string;
  readonly next: string;
  readonly command: Measurement;
  readonly load: LoadResult;
  readonly audit: Audit;
  /** Load average of the machine when the command began. */
  readonly machineLoad: number;
}

export interface ObserveOptions {
  readonly url: string;
  /** Compose project with the shop's database. */
  readonly stack: string;
  readonly old: string;
  readonly next: string;
  readonly act: (signal: AbortSignal) => Promise<Measurement>;
  readonly profile: Partial<LoadProfile>;
  readonly signal: AbortSignal;
  readonly warmUpMs?: number;
  readonly beforeMs?: number;
  readonly afterMs?: number;
}

/**
 * Puts the shop under load, runs the command, and goes on for a while after `next` has answered. Throws when the
 * command fails or `next` never answers.
 */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const { url, stack, old, next, act, signal, warmUpMs = 2_000, beforeMs = 6_000, afterMs = 5_000 } = options;
  await untilAnswers(url, { version: old, signal });
  const firstOrder = await lastOrder(stack);
  await using load = await startLoad(shopLoad(url, options.profile));
  await sleep(warmUpMs, undefined, { signal });
  load.mark(phaseNames.before);
  await sleep(beforeMs, undefined, { signal });
  const machineLoad = loadNow();
  load.mark(phaseNames.during);
  const command = await act(signal);
  if (command.exitCode !== 0) throw new Error(describeFailure([`from ${old} to ${next}`], command));
  await untilAnswers(url, { version: next, signal });
  load.mark(phaseNames.after);
  await sleep(afterMs, undefined, { signal });
  const result = await load.stop();
  const audit = auditLedger(result.ledger, await ordersSince(stack, firstOrder));
  return { old, next, command, load: result, audit, machineLoad };
}
