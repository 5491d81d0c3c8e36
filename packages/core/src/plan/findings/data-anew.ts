import type { Config } from "../../config/schema.ts";
import type { ComposeModel } from "../../model/compose.ts";
import type { Finding } from "../../model/finding.ts";
import { volumesOf } from "../../model/named-volumes.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedStack } from "../../model/stack.ts";
import type { StoredRelease } from "../../ports/bundle-store.ts";

/** What is to run, as far as its data is concerned. */
interface Wanted {
  readonly model: ComposeModel;
  readonly services: readonly ServiceFacts[];
}

/** Names on the engine of volumes that are gone, by the services that used them. */
export type LostVolumes = Readonly<Record<string, readonly string[]>>;

/**
 * Volumes that the release which served last had and that are not on the engine any more, by the services that are to use them: each
 * of these begins with an empty one. What no release had yet is not lost. Pure.
 *
 * @param serves the release that serves, or served last; `null` where none is known
 */
export function lostVolumes(
  { model, services }: Wanted,
  serves: Pick<StoredRelease, "model" | "bundle"> | null,
  { missingVolumes = {} }: Pick<ObservedStack, "missingVolumes">,
): LostVolumes {
  const missing = Object.values(missingVolumes).flat();
  if (!serves || missing.length === 0) return {};
  const had = new Set(running(serves.bundle.services).flatMap(({ name }) => volumesOf(serves.model, name)));
  const gone = [...new Set(missing)].filter((volume) => had.has(volume));
  const entries = running(services).map(({ name }) => {
    const own = volumesOf(model, name);
    return [name, gone.filter((volume) => own.includes(volume))] as const;
  });
  return Object.fromEntries(entries.filter(([, volumes]) => volumes.length > 0));
}

/** Jobs and tools keep nothing: they work on what others do. */
function running(services: readonly ServiceFacts[]): readonly ServiceFacts[] {
  return services.filter(({ active, role, replicas }) => active && replicas > 0 && role !== "job" && role !== "tool");
}

/**
 * Services whose data is what migrations change, and of which nothing is left: what any release did to it is undone. That is the
 * database of the configuration. Where none is named, any that holds data may be it: then nothing is undone while something of one of
 * them is left. Pure.
 */
export function dataAnew(
  lost: LostVolumes,
  { model, services }: Wanted,
  { config: { database }, observed }: { readonly config: Pick<Config, "database">; readonly observed: Kept },
): readonly string[] {
  const isMigrated = ({ name, role }: ServiceFacts) =>
    database?.service === undefined ? role === "data" : name === database.service;
  const migrated = running(services).filter(isMigrated);
  const anew = migrated.filter(({ name }) => isWhole(lost[name] ?? [], volumesOf(model, name)));
  const isLeft = migrated.some((service) => !anew.includes(service) && isKept(service.name, model, observed));
  return isLeft ? [] : anew.map(({ name }) => name);
}

type Kept = Pick<ObservedStack, "base" | "missingVolumes">;

function isWhole(lost: readonly string[], volumes: readonly string[]): boolean {
  return lost.length > 0 && volumes.every((volume) => lost.includes(volume));
}

/** Whether a service may hold what it held: in its container, in a volume that is there, or in a directory of the machine. Pure. */
export function isKept(service: string, model: ComposeModel, { base, missingVolumes = {} }: Kept): boolean {
  const missing = Object.values(missingVolumes).flat();
  const binds = (model.services[service]?.volumes ?? []).filter(({ type, read_only }) => type === "bind" && !read_only);
  const volumes = volumesOf(model, service).filter((volume) => !missing.includes(volume));
  return (base[service]?.containers.length ?? 0) > 0 || binds.length > 0 || volumes.length > 0;
}

export interface DataAnewFacts {
  /** Of the release that had the volumes. */
  readonly tag: string;
  /** Newest proven backup by service, where one is known. */
  readonly backups: Readonly<Record<string, string>>;
  /** Containers that run on, though they may make what they need of a database only when they start. */
  readonly runOn: readonly string[];
}

/** That data is gone, and how it comes back. Pure. */
export function dataAnewFindings(lost: LostVolumes, { tag, backups, runOn }: DataAnewFacts): readonly Finding[] {
  return Object.entries(lost).map(([service, volumes]) => {
    const gone = volumes.length === 1 ? `volume ${volumes[0]} is` : `volumes ${volumes.join(" and ")} are`;
    const message = `${gone} gone, which ${tag} was live on: ${service} starts empty`;
    const backup = backups[service];
    const back = backup
      ? `sluice db restore ${backup} puts the newest proven backup back, once ${service} runs`
      : `once ${service} runs: sluice db list shows its backups, and sluice db restore ID puts one back`;
    const restart = runOn.length > 0 ? `; what makes its tables when it starts: docker restart ${runOn.join(" ")}` : "";
    return { severity: "warn", code: "data-anew", service, message, hint: `${back}${restart}` };
  });
}
