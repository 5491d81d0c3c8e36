import type Docker from "dockerode";
import type { Engine } from "./engine.ts";
import { engineError, statusOf, unlessStatus } from "./errors.ts";
import { openEvents } from "./events.ts";

/** Under what name `stopNotes` have it that what is to run after a container's start has not all run. */
export const hookNote = (container: string): string => `${container}.post-start`;

/**
 * Starts containers; each runs for good afterwards. One that is paused goes on. One that runs, and that the engine is just stopping,
 * is ended and started anew: the stop, which may be one that nobody waits for any more, would end it later.
 *
 * @returns those that did not run before
 * @throws SluiceError START_FAILED
 */
export async function startContainers(engine: Engine, ids: readonly string[]): Promise<readonly string[]> {
  const started = await Promise.all(
    ids.map(async (id) => {
      try {
        return (await startContainer(engine, id)) ? [id] : [];
      } catch (error) {
        throw engineError(error, `container ${id.slice(0, 12)} cannot be started`, "START_FAILED");
      }
    }),
  );
  return started.flat();
}

/** As `startContainers` does, and tells whether it was started; what fails is the engine's own error. */
export async function startContainer(engine: Engine, id: string): Promise<boolean> {
  const docker = await engine.docker();
  const container = docker.getContainer(id);
  // 304: it runs already.
  const start = () =>
    unlessStatus(
      container.start().then(() => true),
      [304],
      false,
    ).catch(async (error: unknown) => {
      if (statusOf(error) !== 409 || !(await container.inspect()).State.Paused) throw error;
      await container.unpause();
      return false;
    });
  if (await start()) return true;
  if (!(await isBeingStopped(engine, await container.inspect()))) return false;
  // 409: it has ended meanwhile. Else the engine answers when it has.
  await unlessStatus(container.kill(), [404, 409], null);
  await engine.stops.get(id);
  return start();
}

/**
 * Whether the engine has been asked to stop a container that still runs. What this process asked for is known; what
 * another one did, which may be dead, it has noted, or is told by the events that the engine remembers: some hundreds of the whole
 * machine.
 */
export async function isBeingStopped(
  engine: Engine,
  { Id, State, Config }: Docker.ContainerInspectInfo,
): Promise<boolean> {
  if (!State.Running) return false;
  if (engine.stops.has(Id)) return true;
  const noted = await engine.stopNotes?.get(Id).catch(() => undefined);
  if (noted === State.StartedAt) return true;
  // By the engine's clock, of which both moments are.
  const span = { sinceMs: Date.parse(State.StartedAt), untilMs: (await readEngineTime(engine)) + 1 };
  const filters = { type: ["container"], container: [Id], event: ["start", "die", "kill"] };
  let isAsked = false;
  for await (const { action, attributes } of await openEvents(engine, filters, new AbortController().signal, span)) {
    if (action !== "kill") isAsked = false;
    else if (endsBy(attributes["signal"], (Config as { readonly StopSignal?: string }).StopSignal)) isAsked = true;
  }
  return isAsked;
}

/** Now by the engine's own clock, Unix milliseconds. @throws SluiceError ENGINE_UNREACHABLE */
export async function readEngineTime(engine: Engine): Promise<number> {
  const { SystemTime } = (await engine.call("the engine's clock cannot be read", (docker) => docker.info())) as {
    readonly SystemTime: string;
  };
  return Date.parse(SystemTime);
}

/** Numbers of the signals that images name as theirs, on Linux, where every container runs. */
const numbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
  WINCH: 28,
  PWR: 30,
};
const firstRealTime = 34;

/** The engine asks with the container's own signal first, and then with one that nothing withstands. */
function endsBy(signal: string | undefined, stopSignal = "SIGTERM"): boolean {
  const name = stopSignal.toUpperCase().replace(/^SIG/, "");
  const realTime = /^RTMIN(?:\+(\d+))?$/.exec(name);
  const own = realTime ? firstRealTime + Number(realTime[1] ?? 0) : (numbers[name] ?? Number(name));
  return signal !== undefined && [own, numbers["KILL"]].includes(Number(signal));
}
