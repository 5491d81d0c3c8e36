import { isApplication, isInSlot } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { BaseChange, ObservedStack } from "../../model/stack.ts";
import { type AddStep, shortStepMs } from "./collect-steps.ts";
import type { VolumeMove } from "./step.ts";

const mostNamed = 3;

/** What lives in base, dependencies first: everything active but jobs, tools and what has a slot. */
export function baseServices(active: readonly ServiceFacts[]): readonly ServiceFacts[] {
  return inOrder(active.filter((service) => service.role !== "tool" && service.role !== "job" && !isInSlot(service)));
}

export interface BaseDifferences {
  /** Images are built in this deployment. Default: not. */
  readonly isBuilt?: boolean;
  /** Services of which another one runs than the release has, whatever the checkout says. Default: none. */
  readonly differing?: readonly string[] | undefined;
  /** Of services that leave volumes, those that the definition of the release that serves brings back to these. Default: none. */
  readonly asServing?: readonly string[] | undefined;
  /** What services mount and is other than with the release that serves. Default: nothing. */
  readonly files?: ChangedFiles | undefined;
  /** Services of the release that serves: what goes on of it is told. Default: there is none. */
  readonly replaced?: readonly ServiceFacts[] | undefined;
}

/**
 * Whether a base service changes at the cutover, and not before the candidate is proven. What resolves names only once at its start
 * must find the doors: edges come after them. What works as an application of the release that serves works for its users until then;
 * where nothing of it runs it works for nobody, and the candidate may need what takes its place.
 *
 * @param replaced services of the release that serves
 */
export function isLate(
  { name, role }: ServiceFacts,
  replaced: readonly ServiceFacts[] = [],
  { base }: Pick<ObservedStack, "base">,
): boolean {
  if (role === "edge" || isApplication(role)) return true;
  const works = (base[name]?.containers ?? []).some(({ state }) => state === "running");
  const before = replaced.filter((one) => one.active && one.name === name && !isInSlot(one));
  return role !== "data" && works && before.some((one) => isApplication(one.role));
}

/** By service: paths in the checkout, and secrets and configs that are no files of it, as `config NAME`. */
export type ChangedFiles = Readonly<Record<string, readonly string[]>>;

/**
 * A step for each base service that is not as the release wants it; the others are not touched at all. Whether an image
 * that is built with the release differs is known only after the build: its step looks, and does nothing if not.
 */
export function addBase(
  add: AddStep,
  base: readonly ServiceFacts[],
  observed: ObservedStack,
  differences: BaseDifferences = {},
): void {
  for (const service of base.filter(({ role }) => !isApplication(role))) {
    const cause = baseCause(service, observed, differences);
    if (cause === undefined) continue;
    const moves = volumeMove(service, observed, differences);
    const back = moves ? `; ${wayBack(moves, observed.base[service.name]?.change)}` : "";
    add({
      kind: "base",
      service: service.name,
      target: `${service.role} ${service.name}`,
      cause: `${cause}${back}${notRestarted(service.name, differences.replaced)}`,
      timeoutMs: service.startBudget.timeoutMs + service.stopGraceMs + shortStepMs,
      ...(moves && { moves }),
      ...renewsOf(service, observed, differences),
    });
  }
}

/**
 * Whether an undo makes a base service as the release before has it, whatever it changed: users come through an edge of either release,
 * and to the applications of the one before. Pure.
 *
 * @param before the service in that release; `undefined` where it has none
 */
export function isAlwaysPutBack(role: ServiceFacts["role"] | undefined, before: ServiceFacts | undefined): boolean {
  return role === "edge" || before?.role === "edge" || (before !== undefined && isApplication(before.role));
}

/**
 * A change of volumes; `undefined` where none is left, and of edges, of which that is not told. There is a way back where the release
 * that serves had those very volumes, and either all is put back, or what takes their place was empty and no other image writes to
 * what stays.
 */
function volumeMove(
  { name, role, builds }: ServiceFacts,
  { base }: ObservedStack,
  { asServing = [], replaced = [] }: BaseDifferences,
): VolumeMove | undefined {
  const change = base[name]?.change;
  if (role === "edge" || !change || change.leaves.length === 0) return undefined;
  const { leaves, takes, makes, keepsOthers, image } = change;
  const isSameImage = image === undefined && !builds;
  const isSure = takes.every((volume) => makes.includes(volume)) && (isSameImage || !keepsOthers);
  const before = replaced.find((one) => one.active && one.name === name);
  const isPutBack = asServing.includes(name) && (isSure || isAlwaysPutBack(role, before));
  return { from: leaves, to: takes, isPutBack };
}

/** Web and worker services of the release that serves that go on although they ask to be restarted with a base service; in words. */
function notRestarted(name: string, replaced: readonly ServiceFacts[] = []): string {
  const going = replaced.filter(
    ({ active, role, restartsWith = [] }) => active && isApplication(role) && restartsWith.includes(name),
  );
  if (going.length === 0) return "";
  const names = going.map((service) => service.name).join(" and ");
  return `; ${names} of the release that serves ${going.length === 1 ? "is" : "are"} not restarted with it, though depends_on asks for that`;
}

/** Why a base service has a step; `undefined` where it is not touched. */
export function baseCause(
  { name, builds }: ServiceFacts,
  observed: ObservedStack,
  { isBuilt = false, differing = [], files = {} }: BaseDifferences = {},
): string | undefined {
  const seen = observed.base[name];
  const changed = Object.hasOwn(files, name) && fileCause(files[name] ?? []);
  if (seen?.state !== "current") {
    const isOrphan = observed.orphans.some(({ service }) => service === name);
    const why = seen?.reason || (isOrphan ? "the checkout has it no more: it is looked at" : "not there yet");
    return seen?.state === "absent" || !changed ? why : `${why}; ${changed}`;
  }
  if (changed) return changed;
  if (differing.includes(name)) return "the release has another one";
  return isBuilt && builds ? "built with the release; replaced only if its image differs" : undefined;
}

function fileCause(paths: readonly string[]): string {
  const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : "";
  return `${paths.slice(0, mostNamed).join(", ")}${more}, which it mounts, changed`;
}

/** What a container has of a file is what was there when it was made: its definition does not tell. */
function renewsOf(
  { name }: ServiceFacts,
  { base }: ObservedStack,
  { files = {} }: BaseDifferences,
): { readonly renews?: readonly string[] } {
  const ids = Object.hasOwn(files, name) ? (base[name]?.containers ?? []).map(({ id }) => id) : [];
  return ids.length > 0 ? { renews: ids } : {};
}

function wayBack({ isPutBack, to }: VolumeMove, change: BaseChange | undefined): string {
  if (isPutBack) return "an undo goes back to that volume";
  const there = to.filter((volume) => !change?.makes.includes(volume));
  const why = there.length > 0 ? `, as ${there.join(" and ")} is there already` : "";
  return `an undo does not go back to that volume${why}`;
}

/** What cannot be two at once: web and worker services in base, and what takes over there from a door. */
export function addRecreated(
  add: AddStep,
  services: readonly ServiceFacts[],
  observed: ObservedStack,
  differences: BaseDifferences = {},
): void {
  for (const service of services) {
    const before = observed.base[service.name]?.containers ?? [];
    add({
      kind: "recreate",
      service: service.name,
      replaces: before.map(({ id }) => id),
      restarts: before.filter(({ state }) => state === "running").map(({ id }) => id),
      ...renewsOf(service, observed, differences),
      target: `service ${service.name}`,
      cause: `${service.name} cannot be two at once: it is replaced stop-first`,
      timeoutMs: service.startBudget.timeoutMs + service.stopGraceMs + shortStepMs,
    });
  }
}

/** Dependencies first; services of a cycle keep their order. */
export function inOrder(services: readonly ServiceFacts[]): readonly ServiceFacts[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered = new Set<ServiceFacts>();
  const visit = (service: ServiceFacts, path: ReadonlySet<string>) => {
    if (ordered.has(service) || path.has(service.name)) return;
    for (const name of service.dependsOn) {
      const dependency = byName.get(name);
      if (dependency) visit(dependency, new Set([...path, service.name]));
    }
    ordered.add(service);
  };
  for (const service of services) visit(service, new Set());
  return [...ordered];
}
