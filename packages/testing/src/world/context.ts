import { SluiceError, type Verdict, type WatchTarget } from "@sluice/core";
import type { FakeClock } from "./fake-clock.ts";
import { isUp, type WorldContainer, type WorldState } from "./state.ts";

/** How the containers of a release behave; by its tag. */
export interface Behaviour {
  /** Services that exit as soon as they are started. */
  readonly exits?: readonly string[] | undefined;
  /** Services whose health check never passes. */
  readonly unhealthy?: readonly string[] | undefined;
  /** Jobs that end with another exit code than 0. */
  readonly failingJobs?: readonly string[] | undefined;
  /** Jobs that end well only where they may be run again. */
  readonly hastyJobs?: readonly string[] | undefined;
  /** Names of checks that fail. */
  readonly failingChecks?: readonly string[] | undefined;
  /** What a check that watches shows of it at a look, by its name. Default: a pass. */
  readonly watched?: ((check: string, target: WatchTarget) => Shown) | undefined;
  /** Settles when something happens that is worth a look at once, by the name of a check that watches. Default: never. */
  readonly stirred?: ((check: string, signal: AbortSignal) => Promise<void>) | undefined;
  /** What the judge says whenever the release is watched with users. */
  readonly verdict?: Verdict | undefined;
}

/** What a look shows, and whether it is a bad one that is only forgiven. */
export type Shown = Partial<Verdict> & { readonly isForgiven?: boolean };

/** What a fake port is made of: the world, and the gate that its effects pass. */
export interface FakeContext {
  readonly state: WorldState;
  readonly clock: FakeClock;
  /** How long requests that are under way need to end. */
  readonly drainMs: () => number;
  /** How long a container needs to stop. */
  readonly stopMs: () => number;
  readonly act: <T>(name: string, signal: AbortSignal | undefined, effect: () => T) => Promise<T>;
  readonly behaviourOf: (release: string | null) => Behaviour;
  /** Says that something happened which must never happen. */
  readonly violation: (what: string) => void;
}

/** Starts a container that does not run, or is being stopped, as its release behaves. */
export function startContainer({ behaviourOf, clock, state }: FakeContext, container: WorldContainer): void {
  const isStopping = state.stops.delete(container.id);
  if (container.state === "running" && !isStopping) return;
  const { exits = [], unhealthy = [] } = behaviourOf(container.release ?? builtFor(state, container));
  const dies = exits.includes(container.service);
  container.state = dies ? "exited" : "running";
  container.startedAt = clock.now().toISOString();
  container.startedAfter = state.ids;
  if (dies) container.finishedAt = container.startedAt;
  container.exitCode = dies ? 1 : 0;
  container.health = dies ? "none" : unhealthy.includes(container.service) ? "unhealthy" : "healthy";
}

/** What is in base is labelled with no release; its image was built for one. */
export function builtFor({ bundles }: WorldState, { service, imageId }: WorldContainer): string | null {
  return [...bundles.values()].find(({ bundle }) => bundle.images[service] === imageId)?.bundle.id ?? null;
}

/** Ends a container. One that still answers requests takes them down with it, which nothing may do. */
export function haltContainer({ state, clock, violation }: FakeContext, container: WorldContainer): void {
  state.stops.delete(container.id);
  const key = `${container.service}@${container.place}`;
  if (isUp(container) && state.open.has(key)) violation(`requests at ${container.name} were cut off`);
  if (container.state === "running") {
    container.state = "exited";
    container.finishedAt = clock.now().toISOString();
  }
  container.health = "none";
}

/** Ends a container in its own time, as an engine does, whatever becomes of whoever asked for it. */
export async function stopContainer(context: FakeContext, container: WorldContainer, signal?: AbortSignal) {
  const { state, clock, stopMs } = context;
  const ms = stopMs();
  if (ms === 0 || container.state !== "running") return haltContainer(context, container);
  const stop = Symbol();
  state.stops.set(container.id, stop);
  await clock.sleep(ms);
  if (state.stops.get(container.id) === stop) haltContainer(context, container);
  signal?.throwIfAborted();
}

export function removeContainer(context: FakeContext, container: WorldContainer): void {
  haltContainer(context, container);
  context.state.containers.delete(container.id);
}

/** @throws SluiceError START_FAILED, NOT_READY */
export function assertReady(container: WorldContainer): void {
  if (container.state !== "running") {
    throw new SluiceError("START_FAILED", `${container.name} is ${container.state} (exit code ${container.exitCode})`);
  }
  if (!isUp(container)) throw new SluiceError("NOT_READY", `${container.name} is ${container.health}`);
}
