import { type ServiceFacts, SluiceError } from "@sluice/core";
import { lastAttempt, type SeenStack } from "@sluice/engine";
import type { LogLine, LogOptions } from "./deployer.ts";
import type { Session } from "./session.ts";
import { seeStack } from "./status/find-serving.ts";
import { processesOf } from "./status/status.ts";
import { whileLive } from "./watch/live-change.ts";
import { isErrorLine } from "./watch/log-errors.ts";

/**
 * Lines of the containers that answer for a service now: the live slot's, or those of base. Whoever follows them without naming a
 * slot is led along with the users when another slot becomes the live one. Secrets of the checkout, of the release that serves and
 * of the one in the slot are masked in each.
 *
 * @throws SluiceError USAGE for a service that neither the project has nor what serves
 */
export async function* followServiceLogs(
  session: Session,
  services: readonly string[],
  options: LogOptions,
): AsyncIterable<LogLine> {
  const { slot, signal, follow = false, since: from, onMove } = options;
  const since = from === "deploy" ? await lastBegin(session) : from;
  const seen = await seeStack(session, signal);
  if (!follow || slot) {
    yield* linesOf(session, services, seen, { ...options, since });
    return;
  }
  // What is in base is followed on: the same line is not told twice.
  const told = new Map<string, string>();
  let [now, begin]: [SeenStack, Pick<LogOptions, "since" | "tail">] = [seen, { since, tail: options.tail }];
  for (;;) {
    await using watching = whileLive(session, now, signal);
    yield* linesOf(session, services, now, { ...options, ...begin, signal: watching.signal, told });
    const moved = await watching.moved();
    if (!moved) return;
    begin = { since: moved.since, tail: undefined };
    now = moved.seen;
    if (now.live) onMove?.({ slot: now.live.slot, tag: now.stored?.bundle.tag ?? null });
  }
}

interface LineOptions extends Omit<LogOptions, "onMove"> {
  /** When the last line of each container was written that was told. */
  readonly told?: Map<string, string>;
}

async function* linesOf(
  session: Session,
  services: readonly string[],
  seen: SeenStack,
  { slot, signal, follow, tail, since, errors = false, told }: LineOptions,
): AsyncIterable<LogLine> {
  // What runs can have other secrets than what is checked out: loaded, they are known.
  const [{ project }, ports] = await Promise.all([session.known(signal), session.ports()]);
  const { observed, live } = seen;
  const wanted = slot ?? live?.slot;
  const release = wanted && observed.slots[wanted].release;
  if (release && release !== live?.release) await ports.bundles.load(release).catch(() => null);
  const processes = await processesOf(session, seen, signal);
  assertKnown(services, [project.services, seen.services], processes);
  const rows = processes.filter(
    ({ service, place }) =>
      (services.length === 0 || services.includes(service)) &&
      // A door's own log is about connections; asked for a service, people want what the service says.
      (place === "base" || place === wanted),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lines = session.runtime().followLogs([...byId.keys()], { follow, tail, since, signal });
  const before = new Map(told);
  for await (const { container, stream, text, at } of lines) {
    const last = before.get(container);
    if (last !== undefined && at <= last) continue;
    told?.set(container, at);
    if (errors && !isErrorLine(text)) continue;
    const row = byId.get(container);
    if (row && row.place !== "door")
      yield { service: row.service, container: row.name, place: row.place, stream, text };
  }
}

/** What runs may be of a release whose services had other names. */
function assertKnown(
  services: readonly string[],
  declared: readonly (readonly Pick<ServiceFacts, "name">[])[],
  running: readonly { readonly service: string }[],
): void {
  const known = new Set([...declared.flat().map(({ name }) => name), ...running.map(({ service }) => service)]);
  const unknown = services.find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new SluiceError("USAGE", `the project has no service ${JSON.stringify(unknown)}`, {
    hint: `services: ${[...known].join(", ")}`,
  });
}

/** When the last deployment began; `undefined`, and so everything, where there was none. */
async function lastBegin(session: Session): Promise<string | undefined> {
  const { journal } = await session.ports();
  return (await lastAttempt(journal))?.start.at;
}
