import {
  type Config,
  dataAnew,
  dataAnewFindings,
  type Finding,
  isInSlot,
  liveSlot,
  lostVolumes,
  type ObservedStack,
  type ReleaseBundle,
  type StoredRelease,
} from "@sluice/core";
import type { EnginePorts } from "../scope.ts";

/** What a release begins with nothing of. */
export interface DataAnew {
  /** What any release did to the data is gone: its jobs run, whatever ran before. */
  readonly services: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Data of the release that serves, or served last, that is gone with its volumes. Where it comes back from is told as far as it can be seen
 * now: that it cannot is no reason to stop.
 *
 * @param wanted what is to run: a project, or a stored release
 */
export async function findDataAnew(
  wanted: Pick<StoredRelease, "model"> & Pick<ReleaseBundle, "services">,
  { config, observed, serves }: { config: Config; observed: ObservedStack; serves: StoredRelease | null },
  { backups }: Pick<EnginePorts, "backups">,
  signal?: AbortSignal,
): Promise<DataAnew> {
  const lost = lostVolumes(wanted, serves, observed);
  const names = Object.keys(lost);
  if (!serves || names.length === 0) return { services: [], findings: [] };
  const found = await Promise.all(
    names.map(async (name) => [name, await backups.newestProven(name, signal).catch(() => null)] as const),
  );
  signal?.throwIfAborted();
  const facts = {
    tag: serves.bundle.tag,
    backups: Object.fromEntries(found.flatMap(([name, id]) => (id === null ? [] : [[name, id]]))),
    runOn: runningOn(wanted, serves, observed),
  };
  return { services: dataAnew(lost, wanted, { config, observed }), findings: dataAnewFindings(lost, facts) };
}

/**
 * What of that a plan begins: what stays as it runs is in other volumes than those that are gone. Where one of several that may hold
 * what migrations change stays, nothing is undone. Pure.
 *
 * @param base as the plan takes it
 */
export function begunAnew({ services, findings }: DataAnew, base: ObservedStack["base"]): DataAnew {
  const stays = (name: string) => base[name]?.state === "current";
  const told = findings.filter(({ service = "" }) => !stays(service));
  return { services: services.some(stays) ? [] : services, findings: told };
}

/** Where no job makes what is needed of a database, an application may when it starts, and what serves is started by nobody. */
function runningOn(
  { services }: Pick<ReleaseBundle, "services">,
  { bundle }: StoredRelease,
  observed: ObservedStack,
): readonly string[] {
  const live = liveSlot(observed);
  if (!live || live.release !== bundle.id || services.some(({ active, role }) => active && role === "job")) return [];
  const inSlot = new Set(bundle.services.filter(isInSlot).map(({ name }) => name));
  const containers = observed.slots[live.slot].containers;
  return containers.flatMap(({ name, service, state }) => (state === "running" && inSlot.has(service) ? [name] : []));
}
