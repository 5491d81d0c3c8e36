import { formatDuration } from "../../config/duration.ts";
import type { Config } from "../../config/schema.ts";
import { isBehindDoor } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedContainer, ObservedStack } from "../../model/stack.ts";
import { isDown } from "../findings/short-services.ts";
import type { DesiredDeployment } from "../plan-deployment.ts";
import { exchangeOrder } from "../ports/exchange-order.ts";
import type { PortTransfer } from "../ports/port-transfers.ts";
import { type AddStep, shortStepMs } from "./collect-steps.ts";
import { forgivenMs } from "./forgiven-ms.ts";
import { type Adopted, addAdoption, addCopies, isHeld, wasInBase } from "./plan-adoption.ts";
import { inOrder } from "./plan-base.ts";
import { addVerify } from "./plan-checks.ts";
import { openDropped } from "./plan-previous.ts";
import { rolloutSteps } from "./rollout-steps.ts";

interface CandidateScope {
  readonly candidate: Slot;
  readonly previous: Slot | null;
  readonly webs: readonly ServiceFacts[];
  /** Services with a door that the release has no more. */
  readonly dropped: readonly string[];
  readonly adopted: Adopted;
  readonly observed: ObservedStack;
  readonly desired: DesiredDeployment;
  /** The slot runs this very release already. */
  readonly isWarm: boolean;
  readonly exchange: Exchange;
  readonly transfers: readonly PortTransfer[];
}

/** What changes at the cutover because a port changes hands. */
export interface Exchange {
  /** Web services whose doors are part of it, each with the reason. */
  readonly doors: Readonly<Record<string, string>>;
  /** All of its steps. */
  readonly add: () => void;
}

/** From the first start of the candidate to the moment before users meet it; then the shares. */
export function addCandidate(add: AddStep, scope: CandidateScope): void {
  const { candidate, webs, adopted, observed, desired } = scope;
  const { config, replaced } = desired;
  if (webs.length === 0) {
    addCopies(add, adopted.copies, { config, taken: [] });
    addAdoption(add, adopted.giving, { config, replaced, taken: [] });
    return scope.exchange.add();
  }
  addStart(add, scope);
  const given = givenOf(scope);
  // A copy holds nothing of a service but its ports.
  const copied = webs.filter(({ name, ports }) => ports.length > 0 && isHeld(adopted.copies, name));
  const taken = [...given, ...copied];
  const moved = movedOf(scope);
  const free = webs.filter((service) => !taken.includes(service) && moved.every(({ name }) => name !== service.name));
  addDoors(add, free, observed, { ...desired, candidate, readers: earlyReaders(scope) });
  for (const { name, frees, why } of moved) {
    const there = frees.length > 0 ? "users reach the previous there" : "its door leads to the previous";
    const cause = `${why}: until the cutover ${there}`;
    add({ kind: "preview-door", service: name, target: `preview of ${name}`, cause });
  }
  for (const { name, ports } of taken) {
    const held = ports.length > 0 ? "port is" : "name is";
    const holder = wasInBase(replaced, name) ? "in base" : "that plain Compose runs";
    const cause = `its ${held} still held by the container ${holder}`;
    add({ kind: "preview-door", service: name, target: `preview of ${name}`, cause });
  }
  addVerify(add, { ...desired, slot: candidate });
  addCopies(add, adopted.copies, { config, taken: copied });
  addShifts(add, scope, given);
}

/**
 * Web services that are beside the slots until the cutover: their users change over at once, from there to the candidate. Who gives
 * a port to another of them comes before it.
 */
function givenOf({ webs, adopted, transfers }: CandidateScope): readonly ServiceFacts[] {
  const names = webs.flatMap(({ name }) => (isHeld(adopted.giving, name) ? [name] : []));
  const ordered = exchangeOrder(transfers, { movable: names, always: names });
  return ordered.flatMap((name) => webs.filter((service) => service.name === name));
}

function addStart(add: AddStep, { candidate, webs, desired, isWarm }: CandidateScope): void {
  const names = webs.map(({ name }) => name);
  const first = isWarm ? undefined : firstToStart(webs, desired);
  const causes = [isWarm ? "it runs already and must be ready" : "the candidate must be ready before anyone meets it"];
  if (first) causes.push(`one ${first.name} starts alone, as it may migrate ${desired.config.database?.service}`);
  add({
    kind: "start",
    slot: candidate,
    services: names,
    ...(first ? { first: first.name } : {}),
    target: `${names.join(", ")} in ${candidate}`,
    cause: causes.join("; "),
    timeoutMs:
      Math.max(...webs.map(({ startBudget }) => startBudget.timeoutMs)) +
      (first?.startBudget.timeoutMs ?? 0) +
      shortStepMs,
  });
}

/**
 * Where no job migrates the configured database, the application may do that when it starts, and two at once are in each
 * other's way. The one that depends on no other web service is the one that a rehearsal starts.
 */
function firstToStart(webs: readonly ServiceFacts[], desired: DesiredDeployment): ServiceFacts | undefined {
  const { config, wasLive, services } = desired;
  if (wasLive || config.database?.service === undefined) return undefined;
  if (services.some(({ active, role }) => active && role === "job")) return undefined;
  const containers = webs.reduce((count, { replicas }) => count + replicas, 0);
  return containers > 1 ? inOrder(webs)[0] : undefined;
}

/** A service whose users change over at once. */
interface Moved {
  readonly name: string;
  /** Services whose doors give their port to the one of this service. */
  readonly frees: readonly string[];
  readonly why: string;
}

/**
 * Services of which no door can be there for both releases. Without a previous release every door may be made for the candidate
 * alone.
 */
function movedOf({ desired, previous, webs, adopted, exchange }: CandidateScope): readonly Moved[] {
  if (previous === null) return [];
  const { heirs = {}, movedPorts = {} } = desired;
  const held = [...adopted.giving, ...adopted.copies];
  return webs.flatMap(({ name }) => {
    const frees = heirs[name] ?? [];
    const taking = frees.length > 0 ? `it takes the port of ${frees.join(" and ")}` : undefined;
    const why = taking ?? exchange.doors[name] ?? movedPorts[name];
    return why === undefined || isHeld(held, name) ? [] : [{ name, frees, why }];
  });
}

function addShifts(add: AddStep, scope: CandidateScope, given: readonly ServiceFacts[]): void {
  const { candidate, previous, webs, dropped, adopted, observed, desired, exchange } = scope;
  const { config, replaced } = desired;
  const names = webs.map(({ name }) => name);
  const leaving = openDropped(observed, dropped);
  const moved = movedOf(scope);
  const sudden = [...moved, ...given].map(({ name }) => name);
  const gradual = names.filter((name) => !sudden.includes(name));
  const isServed = previous !== null && serves(observed.slots[previous].containers, desired);
  // Without a previous release that serves there is nothing to compare with and nobody to protect: one step.
  const steps = isServed
    ? rolloutSteps(config, desired.requestsPerMinute ?? null)
    : [{ share: 100, for: 0, approval: false }];
  const cutover = isServed || previous === null ? "cutover" : "cutover, at once: nothing of the previous runs";
  const why = stepsCause(desired);
  const readersMs = upMs(earlyReaders(scope));
  for (const step of steps) {
    if (step.share < 100 && gradual.length === 0) continue;
    // Whoever goes back waits for nobody.
    if (step.approval && !desired.isRollback) addApproval(add, candidate, step.share, desired);
    if (step.share === 100) {
      addAdoption(add, adopted.giving, { config, replaced, taken: given });
      for (const { name, why } of moved) if (exchange.doors[name] === undefined) addCutover(add, name, desired, why);
      exchange.add();
    }
    const led = step.share === 100 ? names : gradual;
    add({
      kind: "shift",
      slot: candidate,
      // What the release has no more is led to it only with everyone: until then the previous answers.
      services: step.share === 100 ? [...led, ...leaving] : led,
      share: step.share,
      holdMs: step.for,
      target: `${led.join(", ")} to ${step.share} %`,
      cause: step.share === 100 ? cutover : `${step.share} % of the users meet the candidate first${why}`,
      timeoutMs: step.for * 4 + forgivenMs(desired.config) + shortStepMs + (step.share === 100 ? readersMs : 0),
    });
  }
}

/** A web service of the release that serves was not ended in its slot; without its bundle, anything was not. */
function serves(containers: readonly ObservedContainer[], { replaced }: Pick<DesiredDeployment, "replaced">): boolean {
  const webs = replaced?.filter(isBehindDoor).map(({ name }) => name);
  return containers.some(({ service, state }) => !isDown(state) && (webs?.includes(service) ?? true));
}

function addApproval(add: AddStep, slot: Slot, share: number, { config }: DesiredDeployment): void {
  const { timeout: waitMs, onTimeout } = config.rollout.approval;
  const otherwise = onTimeout === "rollback" ? "is taken back" : "goes on";
  const cause = `a person approves ${share} %: without one it ${otherwise} after ${formatDuration(waitMs)}`;
  const timeoutMs = waitMs + shortStepMs;
  add({ kind: "approval", slot, share, waitMs, onTimeout, timeoutMs, target: `${share} %`, cause });
}

/** Why the shares are what they are, where nobody chose them. */
function stepsCause({ config, requestsPerMinute: rate }: DesiredDeployment): string {
  if (config.rollout.steps !== "auto") return "";
  if (rate === null || rate === undefined) return " (auto: no traffic was counted)";
  return ` (auto: ${Number(rate.toFixed(rate < 10 ? 1 : 0))} requests a minute)`;
}

/** The door of a service as the release has it, which leads to the candidate alone; `why` in words. */
export function addCutover(add: AddStep, service: string, desired: DesiredDeployment, why: string): void {
  const timeoutMs = doorMs(desired.config);
  const frees = desired.heirs?.[service] ?? [];
  const cause = `${why}: its users change over at once, with one short gap`;
  const common = { kind: "door", service, cutsOver: true, target: `door ${service}`, cause, timeoutMs } as const;
  if (frees.length > 0) {
    return add({ ...common, replaces: false, frees });
  }
  // One that is new takes the port of another that stays, or of what is in base.
  const replaces = desired.replaced?.some((one) => one.name === service && isBehindDoor(one)) ?? true;
  add({ ...common, replaces });
}

/** Proxies whose files changed, in a release with doors that nobody is led to before the cutover: these files may name them. */
function earlyReaders({ previous, webs, observed, desired }: CandidateScope): readonly ServiceFacts[] {
  const { files = {}, services, replaced } = desired;
  if (previous === null || replaced === undefined || webs.every(({ name }) => hadDoor(replaced, name))) return [];
  return services.filter(
    ({ active, role, name }) =>
      active && role === "edge" && Object.hasOwn(files, name) && (observed.base[name]?.containers.length ?? 0) > 0,
  );
}

function hadDoor(replaced: readonly ServiceFacts[], service: string): boolean {
  return replaced.some((one) => one.name === service && isBehindDoor(one));
}

interface DoorWishes extends Pick<DesiredDeployment, "config" | "replaceDoors" | "replaced"> {
  /** Proxies that must not read what is checked out for them when a door that they know is made anew. Default: none. */
  readonly readers?: readonly ServiceFacts[] | undefined;
  /** Where doors must lead to containers that are still to be made; absent where none are. */
  readonly candidate?: Slot | undefined;
}

const strayCause = (slot: Slot) => `it leads to ${slot} over a network that the service is on no more`;

export function addDoors(
  add: AddStep,
  webs: readonly ServiceFacts[],
  observed: ObservedStack,
  { config, replaceDoors: replaceAll = false, replaced = [], readers = [], candidate }: DoorWishes,
): void {
  for (const { name } of webs) {
    const door = observed.doors[name];
    const isStray = candidate !== undefined && door?.strays?.includes(candidate) === true;
    if (door?.state === "current" && !replaceAll && !isStray) continue;
    const replaces = door !== undefined && door.containerId !== null && door.state !== "stopped";
    const cause =
      door?.state === "current" ? (isStray ? strayCause(candidate) : "asked for") : door?.reason || "not there yet";
    const gap = replaces ? "; one short gap" : "";
    const renews = replaceAll ? { renews: true } : {};
    const put = hadDoor(replaced, name) ? readers : [];
    const putsBack = put.map((edge) => edge.name);
    add({
      kind: "door",
      service: name,
      replaces,
      ...renews,
      ...(putsBack.length > 0 && { putsBack }),
      target: `door ${name}`,
      cause: `${cause}${gap}${putBackCause(putsBack)}`,
      timeoutMs: doorMs(config) + upMs(put),
    });
  }
}

/** One after the other is stopped and made. */
function upMs(services: readonly ServiceFacts[]): number {
  return services.reduce((ms, { startBudget, stopGraceMs }) => ms + startBudget.timeoutMs + stopGraceMs, 0);
}

function putBackCause(edges: readonly string[]): string {
  if (edges.length === 0) return "";
  const names = edges.join(" and ");
  return `; ${names} is made again with the files of before, in one short gap, as those of now are for the cutover`;
}

/** Doors as a release that is gone back to has them; what leads where stays. */
export function addRepublished(add: AddStep, webs: readonly ServiceFacts[], config: Config): void {
  for (const { name } of webs) {
    const cause = "it publishes other ports than the release had; one short gap";
    add({ kind: "door", service: name, replaces: true, target: `door ${name}`, cause, timeoutMs: doorMs(config) });
  }
}

/** The door before it, or one that stood in for it, drains. */
function doorMs({ traffic }: Config): number {
  return traffic.drain.timeout + shortStepMs;
}
