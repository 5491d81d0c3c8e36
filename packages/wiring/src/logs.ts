import { liveSlot, type ServiceFacts, SluiceError } from "@sluice/core";
import { lastAttempt, releaseThatServes } from "@sluice/engine";
import type { LogLine, LogOptions } from "./deployer.ts";
import { isErrorLine } from "./log-errors.ts";
import type { Session } from "./session.ts";
import { readProcesses } from "./status.ts";

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
  const [project, ports] = await Promise.all([session.project(signal), session.ports()]);
  const observed = await ports.observer.observe(project, signal);
  const live = liveSlot(observed);
  const wanted = slot ?? live?.slot;
  const release = wanted && observed.slots[wanted].release;
  // What runs can have other secrets than what is checked out: loaded, they are known.
  const serving = await releaseThatServes(live, ports);
  if (release && release !== live?.release) await ports.bundles.load(release).catch(() => null);
  const processes = await readProcesses(session, signal);
  assertKnown(services, [project.services, serving?.bundle.services ?? []], processes);
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
