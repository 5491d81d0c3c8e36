import { isDeepStrictEqual } from "node:util";
import { type ContainerExec, SluiceError, type StartBudget } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, inspectAll } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { logTail } from "../engine/log-tail.ts";
import { type ProbeHints, probeEarly } from "./early-probe.ts";
import { type SignSource, watchSign } from "./ready-sign.ts";
import { nameOf, type ReadyState, readyState } from "./ready-state.ts";
import { watchContainer, watchOutput } from "./watch-container.ts";

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long a container without a health check must run on, milliseconds. Default 3000. */
  readonly settleMs?: number | undefined;
  /** Where it listens, as far as that is known: asked when its health check is worth running. */
  readonly listens?: Omit<SignSource, "address"> | undefined;
  /** What is unhealthy may become healthy yet. Default: that has failed. */
  readonly recovers?: boolean | undefined;
}

const defaultSettleMs = 3_000;
/** Events tell at once; this only bounds what a broken event connection can cost. */
const recheckMs = 1_000;

/**
 * Resolves when the container is ready: it runs, its health check passed, and it was not restarted meanwhile. Without a
 * health check it must run on for `settleMs`. Fails as soon as that can no longer happen.
 *
 * @throws SluiceError START_FAILED when it stops, is restarted or killed for memory; NOT_READY when it is unhealthy or
 * the budget is over. Both carry the last health log and the last 50 log lines.
 */
export async function waitContainer(
  engine: Engine,
  exec: Pick<ContainerExec, "exec">,
  { id, budget }: { readonly id: string; readonly budget: StartBudget },
  { signal, settleMs = defaultSettleMs, listens, recovers }: WaitOptions = {},
): Promise<Docker.ContainerInspectInfo> {
  const { clock } = engine;
  const stop = new AbortController();
  const ended = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const begin = clock.monotonicMs();
  try {
    const bell = await watchContainer(engine, id, ended);
    const { RestartCount: restarts } = await lookAt(engine, id);
    let probing = false;
    let passedEarly = false;
    let settlingSince: number | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const container = await lookAt(engine, id);
      const found = readyState(container, restarts, recovers);
      if (found.state === "failed") throw await failure(engine, container, found);
      if (found.state === "ready" || (found.state === "waiting" && found.running && passedEarly)) return container;
      if (found.state === "waiting" && found.running && !probing) {
        probing = true;
        void probeEarly(exec, clock, container, hintsOf(engine, container, listens, ended), ended).then((passed) => {
          passedEarly = passed;
          if (passed) bell.ring();
        });
      }
      const now = clock.monotonicMs();
      settlingSince = found.state === "settling" ? (settlingSince ?? now) : undefined;
      const settled = settlingSince === undefined ? Number.POSITIVE_INFINITY : settlingSince + settleMs - now;
      if (settled <= 0) return container;
      const left = begin + budget.timeoutMs - now;
      if (left <= 0) throw await failure(engine, container, overBudget(found, budget));
      await bell.wait(Math.min(left, settled, recheckMs), ended);
    }
  } finally {
    stop.abort();
  }
}

function hintsOf(
  engine: Engine,
  { Id, NetworkSettings }: Docker.ContainerInspectInfo,
  listens: WaitOptions["listens"],
  signal: AbortSignal,
): ProbeHints {
  const bell = watchOutput(engine, Id, signal);
  const address = Object.values(NetworkSettings.Networks).find(({ IPAddress }) => IPAddress)?.IPAddress;
  if (!listens || !address) return { bell, sign: () => "unknown" };
  return { bell, ...watchSign(engine.clock, { address, ...listens }, bell, signal) };
}

async function lookAt(engine: Engine, id: string): Promise<Docker.ContainerInspectInfo> {
  const [container] = await inspectAll(engine, [id]);
  if (container) return container;
  throw new SluiceError("START_FAILED", `container ${id.slice(0, 12)} is gone: something else removed it`);
}

type Failure = Pick<Extract<ReadyState, { state: "failed" }>, "code" | "why">;

function overBudget(found: ReadyState, { timeoutMs, derivation }: StartBudget): Failure {
  const why = "why" in found ? found.why : "did not settle";
  return {
    code: "NOT_READY",
    why: `is not ready after ${Math.round(timeoutMs / 100) / 10} s (${derivation}): it ${why}`,
  };
}

async function failure(
  engine: Engine,
  container: Docker.ContainerInspectInfo,
  { code, why }: Failure,
): Promise<SluiceError> {
  const [log, isOfImage] = await Promise.all([
    logTail(engine, container.Id, 50).catch(() => ""),
    code === "NOT_READY" && isCheckOfImage(engine, container).catch(() => false),
  ]);
  const service = container.Config.Labels[composeLabels.service] ?? "the service";
  const health = container.State.Health?.Log?.at(-1);
  const checked = health ? `health check (exit code ${health.ExitCode}): ${health.Output.trim()}\n` : "";
  return new SluiceError(code, `${nameOf(container)} ${why}`, {
    detail: engine.redact(`${checked}${log}`.trim()) || undefined,
    hint: [
      `docker logs ${container.Name.slice(1)}`,
      ...(isOfImage
        ? [
            `its health check is that of its image: where ${service} does something else than what that asks, write healthcheck: { disable: true } for it in the compose file, or a check of its own`,
          ]
        : []),
    ].join("; "),
  });
}

/** As where a worker runs in the image of the web service. */
async function isCheckOfImage(engine: Engine, { Image, Config }: Docker.ContainerInspectInfo): Promise<boolean> {
  const image = await engine.call(`image ${Image} cannot be looked at`, (docker) => docker.getImage(Image).inspect());
  const { Healthcheck } = image.Config as Pick<Docker.ContainerInspectInfo["Config"], "Healthcheck">;
  return Healthcheck?.Test !== undefined && isDeepStrictEqual(Healthcheck, Config.Healthcheck);
}
