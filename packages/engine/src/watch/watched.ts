import {
  type Clock,
  stops,
  type Verdict,
  type WatchedCheck,
  type Watching,
  type WatchTarget,
  watchedChecks,
} from "@sluice/core";
import { type DeploymentScope, judgingConfig, releaseOf } from "../scope.ts";
import { findWatched, type WatchedSpan } from "./watch-targets.ts";

/** Checks that watch a span, each at its own pace: none of them holds up who watches the traffic. */
interface Watched extends AsyncDisposable {
  /** The newest verdict of each that has looked. */
  latest(): readonly Verdict[];
  /** Aborts when one of them has failed. */
  readonly failed: AbortSignal;
  /**
   * One last look of each. One that is bad and only forgiven is no ground to go on, as a span with few looks would never
   * find anything: it is followed by another, once `wait` has let the check's interval pass. `null` takes it as it is.
   */
  end(wait: ((ms: number) => Promise<void>) | null): Promise<readonly Verdict[]>;
}

export async function beginWatched(scope: DeploymentScope, span: WatchedSpan, signal: AbortSignal): Promise<Watched> {
  const checks = watchedChecks(judgingConfig(scope), releaseOf(scope).bundle.services);
  const gone = new AbortController();
  const both = AbortSignal.any([signal, gone.signal]);
  const watched = checks.length > 0 ? await findWatched(scope, checks, span, both) : [];
  const failed = new AbortController();
  const onFail = () => failed.abort(new Error("a check that watches has failed"));
  const following = watched.map(({ check, target }) => follow(scope, check, target, { ...span, onFail, signal: both }));
  return {
    failed: failed.signal,
    latest: () => following.flatMap((one) => one.latest() ?? []),
    async end(wait) {
      let verdicts = await Promise.all(following.map((one) => one.end()));
      for (;;) {
        const doubted = following.filter((one) => one.forgave());
        if (!wait || doubted.length === 0 || verdicts.some(stops)) return verdicts;
        await wait(Math.max(...doubted.map(({ intervalMs }) => intervalMs)));
        verdicts = await Promise.all(verdicts.map((verdict, index) => again(verdict, following[index])));
      }
    },
    async [Symbol.asyncDispose]() {
      gone.abort();
      await Promise.all(following.map(({ gone: each }) => each));
    },
  };
}

async function again(verdict: Verdict, following: Following | undefined): Promise<Verdict> {
  return following?.forgave() ? following.end() : verdict;
}

interface Following {
  readonly intervalMs: number;
  latest(): Verdict | null;
  /** A last look, after which no other follows by itself. */
  end(): Promise<Verdict>;
  /** Whether the last look was bad and is only forgiven. */
  forgave(): boolean;
  /** Settles, and never rejects, when nothing is left of it after the signal. */
  readonly gone: Promise<void>;
}

function follow(
  { ports: { clock, watcher } }: DeploymentScope,
  check: WatchedCheck,
  target: WatchTarget,
  { holdMs, onFail, signal }: { readonly holdMs: number; readonly onFail: () => void; readonly signal: AbortSignal },
): Following {
  const looks = Math.ceil(holdMs / check.intervalMs) + 1;
  const begun = watcher.begin(check, target, signal);
  const ending = new AbortController();
  const waiting = AbortSignal.any([signal, ending.signal]);
  let latest: Verdict | null = null;
  let forgave = () => false;
  const loop = async () => {
    const watching = await begun;
    forgave = () => watching.forgave?.() ?? false;
    for (;;) {
      await untilNextLook(clock, watching, check.intervalMs, waiting);
      if (waiting.aborted) return;
      latest = await watching.look(looks, signal);
      if (latest.result === "fail") onFail();
    }
  };
  const running = loop();
  running.catch(() => undefined);
  return {
    intervalMs: check.intervalMs,
    latest: () => latest,
    forgave: () => forgave(),
    async end() {
      ending.abort();
      await running;
      return (await begun).look(looks, signal);
    },
    gone: running
      .then(
        () => waitAborted(signal),
        () => undefined,
      )
      .then(() => begun)
      .then(
        (watching) => watching[Symbol.asyncDispose](),
        () => undefined,
      ),
  };
}

/** After the interval, or as soon as something has happened; at the latest when the signal aborts. Never rejects. */
async function untilNextLook(clock: Clock, watching: Watching, ms: number, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const slept = clock.sleep(ms, either).catch(() => undefined);
  await Promise.race([slept, ...(watching.stirred ? [watching.stirred(either)] : [])]);
  stop.abort();
}

function waitAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
