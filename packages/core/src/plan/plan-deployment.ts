import type { Config } from "../config/schema.ts";
import type { ServiceFacts } from "../model/service.ts";
import { otherSlot, type Slot } from "../model/slot.ts";
import type { ObservedContainer, ObservedStack } from "../model/stack.ts";
import { collectSteps, type StepDraft, shortStepMs } from "./collect-steps.ts";
import { liveSlot, warmRelease } from "./live-slot.ts";
import type { DeploymentPlan, PlanStep } from "./step.ts";

/** What is wanted, as far as the planner must know it. */
export interface DesiredDeployment {
  readonly tag: string;
  readonly services: readonly ServiceFacts[];
  readonly config: Config;
  /** Id of the release's bundle where one exists already: nothing is built. */
  readonly bundleId: string | null;
  /** Release whose images are used because it is of the same commit; `null` where images must be built. */
  readonly imagesOf: string | null;
  /** The release was live before: its jobs ran, and an old release's migrations must not run on newer data. */
  readonly wasLive: boolean;
  /** Bundles beyond retention; never the ones a slot needs. */
  readonly prunable: readonly string[];
  /** Replace the doors although they are current. */
  readonly replaceDoors?: boolean | undefined;
}

const buildMs = 30 * 60_000;
const jobMs = 30 * 60_000;

type Add = (step: StepDraft) => void;

/**
 * The plan that makes the wanted release live, from what was observed. Pure. An empty list of steps means that the
 * release is live already and nothing is to be done.
 */
export function planDeployment(desired: DesiredDeployment, observed: ObservedStack): DeploymentPlan {
  const { services, config } = desired;
  const live = liveSlot(observed);
  const candidate = live ? otherSlot(live.slot) : "blue";
  const previous = live?.slot ?? null;
  const { steps, add } = collectSteps();
  const active = services.filter((service) => service.active);
  const inSlots = active.filter((service) => service.strategy === "slots");
  const webs = inSlots.filter((service) => service.role === "web");
  const workers = inSlots.filter((service) => service.role === "worker");
  const base = baseInOrder(active);
  const isLive = desired.bundleId !== null && live?.release === desired.bundleId;

  if (observed.leftovers.length > 0) {
    add({ kind: "recover", target: "leftovers", cause: observed.leftovers.map(({ message }) => message).join("; ") });
  }
  if (isLive) {
    addBase(add, base, observed, () => true);
    addDoors(add, webs, observed, desired.replaceDoors ?? false);
    return { kind: "deploy", candidate, previous, steps };
  }

  if (desired.bundleId === null) {
    add({
      kind: "build",
      target: `release ${desired.tag}`,
      cause: "no bundle of this commit and model exists",
      timeoutMs: buildMs,
    });
  }
  const webNames = webs.map(({ name }) => name);
  const isWarm = desired.bundleId !== null && warmRelease(observed, webNames) === desired.bundleId;
  if (!isWarm && observed.slots[candidate].containers.length > 0) {
    const old = observed.slots[candidate].release;
    add({
      kind: "clear",
      slot: candidate,
      target: `slot ${candidate}`,
      cause: old ? `holds release ${old}` : "holds containers of no release",
    });
  }
  add({
    kind: "networks",
    slot: candidate,
    target: `links of ${candidate}`,
    cause: `slot ${candidate} needs the networks of base`,
  });
  const afterWeb = (service: ServiceFacts) => service.role === "edge";
  addBase(add, base, observed, (service) => !afterWeb(service));
  const jobs = desired.wasLive ? [] : inOrder(active.filter((service) => service.role === "job"));
  for (const job of jobs) {
    add({
      kind: "job",
      slot: candidate,
      service: job.name,
      target: `job ${job.name}`,
      cause: `${job.name} runs once for each release`,
      timeoutMs: jobMs,
    });
  }
  const adopted = observed.plain.filter(({ service }) => inSlots.some(({ name }) => name === service));
  if (inSlots.length > 0) {
    add({
      kind: "create",
      slot: candidate,
      target: `slot ${candidate}`,
      cause: `release ${desired.tag} gets slot ${candidate}`,
    });
  }
  addCandidate(add, { candidate, previous, webs, workers, adopted, observed, desired, isWarm });
  for (const service of base.filter(
    ({ strategy, role }) => strategy === "recreate" && (role === "web" || role === "worker"),
  )) {
    add({
      kind: "recreate",
      service: service.name,
      target: `service ${service.name}`,
      cause: `${service.name} cannot be two at once: it is replaced stop-first`,
      timeoutMs: service.startBudget.timeoutMs + service.stopGraceMs + shortStepMs,
    });
  }
  addBase(add, base, observed, afterWeb);
  addEnding(add, { candidate, previous, webs, workers, config });
  if (desired.prunable.length > 0) {
    add({
      kind: "prune",
      releases: desired.prunable,
      target: `${desired.prunable.length} old releases`,
      cause: `releases.keep is ${config.releases.keep}`,
    });
  }
  return { kind: "deploy", candidate, previous, steps };
}

interface CandidateScope {
  readonly candidate: Slot;
  readonly previous: Slot | null;
  readonly webs: readonly ServiceFacts[];
  readonly workers: readonly ServiceFacts[];
  readonly adopted: readonly ObservedContainer[];
  readonly observed: ObservedStack;
  readonly desired: DesiredDeployment;
  /** The slot runs this very release already. */
  readonly isWarm: boolean;
}

/** From the first start of the candidate to the moment before users meet it; then the shares. */
function addCandidate(add: Add, scope: CandidateScope): void {
  const { candidate, previous, webs, workers, adopted, observed, desired, isWarm } = scope;
  const names = webs.map(({ name }) => name);
  if (webs.length > 0) {
    add({
      kind: "start",
      slot: candidate,
      services: names,
      target: `${names.join(", ")} in ${candidate}`,
      cause: isWarm
        ? "it runs already, and must be ready before anyone meets it"
        : "the candidate must be ready before anyone meets it",
      timeoutMs: Math.max(...webs.map(({ startBudget }) => startBudget.timeoutMs)) + shortStepMs,
    });
    const portsHeld = new Set(adopted.map(({ service }) => service));
    const [taken, free] = partition(webs, ({ name }) => portsHeld.has(name));
    addDoors(add, free, observed, desired.replaceDoors ?? false);
    for (const { name } of taken) {
      add({
        kind: "preview-door",
        service: name,
        target: `preview of ${name}`,
        cause: "its port is still held by the container that plain Compose runs",
      });
    }
    add({
      kind: "verify",
      slot: candidate,
      target: `release ${desired.tag}`,
      cause: "a candidate is proven through the door before users meet it",
      timeoutMs: 5 * 60_000,
    });
    if (taken.length > 0) {
      add({
        kind: "adopt",
        services: taken.map(({ name }) => name),
        containers: adopted.map(({ id }) => id),
        target: taken.map(({ name }) => name).join(", "),
        cause: "the ports change hands from plain Compose to the doors: one short gap, the only one",
        timeoutMs: Math.max(...taken.map(({ stopGraceMs }) => stopGraceMs)) + shortStepMs,
      });
    }
    addShifts(add, { candidate, previous, names, desired });
  }
  const otherAdopted = adopted.filter(({ service }) => workers.some(({ name }) => name === service));
  if (otherAdopted.length > 0 && webs.every(({ name }) => !adopted.some(({ service }) => service === name))) {
    add({
      kind: "adopt",
      services: [],
      containers: otherAdopted.map(({ id }) => id),
      target: otherAdopted.map(({ name }) => name).join(", "),
      cause: "a second copy runs in the base project",
    });
  }
}

function addShifts(
  add: Add,
  scope: { candidate: Slot; previous: Slot | null; names: readonly string[]; desired: DesiredDeployment },
): void {
  const { candidate, previous, names, desired } = scope;
  // Without a previous release there is nothing to compare with and nobody to protect: one step.
  const steps = previous ? desired.config.rollout.steps : [{ share: 100, for: 0, approve: false }];
  for (const step of steps) {
    add({
      kind: "shift",
      slot: candidate,
      services: names,
      share: step.share,
      holdMs: step.for,
      approve: step.approve,
      target: `${names.join(", ")} to ${step.share} %`,
      cause: step.share === 100 ? "cutover" : `${step.share} % of the users meet the candidate first`,
      timeoutMs: step.for * 4 + shortStepMs + (step.approve ? 24 * 3_600_000 : 0),
    });
  }
}

/** After cutover: workers, drain, bake, promote, and what becomes of the previous release. */
function addEnding(
  add: Add,
  scope: {
    candidate: Slot;
    previous: Slot | null;
    webs: readonly ServiceFacts[];
    workers: readonly ServiceFacts[];
    config: Config;
  },
): void {
  const { candidate, previous, webs, workers, config } = scope;
  const names = webs.map(({ name }) => name);
  if (workers.length > 0) {
    const overlap = workers.every((worker) => worker.overlap);
    add({
      kind: "workers",
      slot: candidate,
      services: workers.map(({ name }) => name),
      overlap,
      target: workers.map(({ name }) => name).join(", "),
      cause: overlap
        ? "they may overlap: new ones start, then old ones stop"
        : "never two of one: old ones stop, then new ones start",
      timeoutMs: Math.max(...workers.map((worker) => worker.startBudget.timeoutMs + worker.stopGraceMs)) + shortStepMs,
    });
  }
  if (previous && webs.length > 0) {
    const drainTimeoutMs = config.traffic.drain.timeout;
    add({
      kind: "drain",
      slot: previous,
      services: names,
      drainTimeoutMs,
      target: `slot ${previous}`,
      cause: "requests that the previous accepted may end",
      timeoutMs: drainTimeoutMs + shortStepMs,
    });
    if (config.rollout.bake > 0) {
      add({
        kind: "bake",
        slot: candidate,
        services: names,
        holdMs: config.rollout.bake,
        target: `slot ${candidate}`,
        cause: "watched while the previous is warm",
        timeoutMs: config.rollout.bake + shortStepMs,
      });
    }
  }
  add({
    kind: "promote",
    slot: candidate,
    services: names,
    target: `slot ${candidate}`,
    cause: "the candidate is proven: it becomes the stable slot",
  });
  if (previous && config.rollout.keep !== "warm") {
    add({
      kind: "retire",
      slot: previous,
      keep: config.rollout.keep,
      target: `slot ${previous}`,
      cause: `rollout.keep is ${config.rollout.keep}`,
    });
  }
}

function addBase(
  add: Add,
  base: readonly ServiceFacts[],
  observed: ObservedStack,
  wanted: (service: ServiceFacts) => boolean,
): void {
  for (const service of base.filter(({ role }) => role !== "web" && role !== "worker").filter(wanted)) {
    const seen = observed.base[service.name];
    if (seen?.state === "current") continue;
    add({
      kind: "base",
      service: service.name,
      target: `${service.role} ${service.name}`,
      cause: seen?.reason || "not there yet",
      timeoutMs: service.startBudget.timeoutMs + service.stopGraceMs + shortStepMs,
    });
  }
}

function addDoors(add: Add, webs: readonly ServiceFacts[], observed: ObservedStack, replaceAll: boolean): void {
  for (const { name } of webs) {
    const door = observed.doors[name];
    if (door?.state === "current" && !replaceAll) continue;
    const replaces = door !== undefined && door.containerId !== null && door.state !== "stopped";
    const cause = door?.state === "current" ? "asked for" : door?.reason || "not there yet";
    add({
      kind: "door",
      service: name,
      replaces,
      target: `door ${name}`,
      cause: replaces ? `${cause}; one short gap` : cause,
    });
  }
}

/** Base services in the order their `depends_on` asks for; `tool` and `job` are not of base. */
function baseInOrder(active: readonly ServiceFacts[]): readonly ServiceFacts[] {
  return inOrder(
    active.filter(
      ({ role, strategy }) =>
        role !== "tool" && role !== "job" && !(strategy === "slots" && (role === "web" || role === "worker")),
    ),
  );
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

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
