import { type ServiceFacts, SluiceError } from "@sluice/core";
import { lastAttempt } from "@sluice/engine";
import type { LogLine, LogOptions } from "./deployer.ts";
import { seeStack } from "./find-serving.ts";
import { isErrorLine } from "./log-errors.ts";
import type { Session } from "./session.ts";
import { processesOf } from "./status.ts";

/**
 * Lines of the containers that answer for a service now: the live slot's, or those of base. Secrets of the checkout, of the
 * release that serves and of the one in the slot are masked in each.
 *
 * @throws SluiceError USAGE for a service that neither the project has nor what serves
 */
export async function* followServiceLogs(
  session: Session,
  services: readonly string[],
  { slot, signal, follow = false, tail, since: from, errors = false }: LogOptions,
): AsyncIterable<LogLine> {
  // What runs can have other secrets than what is checked out: loaded, they are known.
  const [{ project }, ports, seen] = await Promise.all([
    session.known(signal),
    session.ports(),
    seeStack(session, signal),
  ]);
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
  const since = from === "deploy" ? await lastBegin(session) : from;
  const lines = session.runtime().followLogs([...byId.keys()], { follow, tail, since, signal });
  for await (const { container, stream, text } of lines) {
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
