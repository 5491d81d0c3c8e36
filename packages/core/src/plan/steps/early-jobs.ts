import { configuredMigration, migrationJobName } from "../../config/migration-job.ts";
import type { Config } from "../../config/schema.ts";
import type { ServiceFacts } from "../../model/service.ts";

/** A base service that is made, or a job that runs before one of them. */
export interface Turn {
  readonly service: ServiceFacts;
  /** Of a job: the base service that is the first to wait for it. Absent for base services. */
  readonly before?: string | undefined;
}

export interface TurnScope {
  /** Base services that are made before the jobs, dependencies first. */
  readonly made: readonly ServiceFacts[];
  /** Jobs that the plan runs. */
  readonly jobs: readonly ServiceFacts[];
  /** All active services of the release: one may wait for another through any of them. */
  readonly active: readonly ServiceFacts[];
  readonly config: Pick<Config, "database">;
}

type NeedsOf = (service: ServiceFacts) => readonly ServiceFacts[];

/**
 * Base services in the order in which they are made, and among them the jobs that one of them waits for (`awaits`), directly or
 * through others, each with what it needs itself before it. All other jobs are left out: they run afterwards, as a job that
 * nobody in base waits for may itself be waiting for base. For the same reason a job comes as late as it can. Pure.
 */
export function inTurn({ made, jobs, active, config }: TurnScope): readonly Turn[] {
  const needsOf = withMigration(needsAmong(active, jobs), jobs, config);
  const early = new Set(
    made.flatMap((service) => [...reachedFrom(service, needsOf)].filter((one) => jobs.includes(one))),
  );
  if (early.size === 0) return made.map((service) => ({ service }));
  const isWaiting = (service: ServiceFacts) => [...reachedFrom(service, needsOf)].some((one) => early.has(one));
  const order = needsFirst([...made.filter((one) => !isWaiting(one)), ...made.filter(isWaiting)], needsOf);
  const turns = order.filter((one) => early.has(one) || made.includes(one));
  return turns.map((service, index) => {
    if (!early.has(service)) return { service };
    const rest = turns.slice(index + 1).filter((one) => !early.has(one));
    return { service, before: rest.find((one) => reachedFrom(one, needsOf).has(service))?.name };
  });
}

/** A job only where it must have ended: one that merely was started before may be waiting for whoever depends on it. */
function needsAmong(active: readonly ServiceFacts[], jobs: readonly ServiceFacts[]): NeedsOf {
  const byName = new Map(active.map((service) => [service.name, service]));
  return ({ dependsOn, awaits = [] }) =>
    dependsOn.flatMap((name) => {
      const needed = byName.get(name);
      return needed && (awaits.includes(name) || !jobs.includes(needed)) ? [needed] : [];
    });
}

/** What a configured migration makes, jobs that need its database may fill: the compose files cannot say so. */
function withMigration(needsOf: NeedsOf, jobs: readonly ServiceFacts[], { database }: TurnScope["config"]): NeedsOf {
  const configured = configuredMigration(database);
  const migration = configured && jobs.find(({ name }) => name === migrationJobName(configured.service));
  if (!migration) return needsOf;
  const before = reachedFrom(migration, needsOf);
  return (service) => {
    const needs = needsOf(service);
    if (service === migration || !jobs.includes(service) || before.has(service)) return needs;
    const isOfDatabase = [...reachedFrom(service, needsOf)].some(({ name }) => name === database?.service);
    return isOfDatabase ? [...needs, migration] : needs;
  };
}

/** All that a service needs, directly or through others; itself only where it is part of a cycle. */
function reachedFrom(service: ServiceFacts, needsOf: NeedsOf): ReadonlySet<ServiceFacts> {
  const reached = new Set<ServiceFacts>();
  const visit = (one: ServiceFacts) => {
    for (const needed of needsOf(one)) {
      if (reached.has(needed)) continue;
      reached.add(needed);
      visit(needed);
    }
  };
  visit(service);
  return reached;
}

/** Services and all that they need, each once and after what it needs; those of a cycle come as they are met. */
function needsFirst(services: readonly ServiceFacts[], needsOf: NeedsOf): readonly ServiceFacts[] {
  const met = new Set<ServiceFacts>();
  const ordered: ServiceFacts[] = [];
  const visit = (service: ServiceFacts) => {
    if (met.has(service)) return;
    met.add(service);
    for (const needed of needsOf(service)) visit(needed);
    ordered.push(service);
  };
  for (const service of services) visit(service);
  return ordered;
}
