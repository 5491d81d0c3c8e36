import type { DatabaseConfig } from "../../config/database-schema.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { isRunning } from "../live/is-running.ts";
import type { DesiredDeployment } from "../plan-deployment.ts";
import type { AddStep } from "./collect-steps.ts";
import { inOrder } from "./plan-base.ts";

const jobMs = 30 * 60_000;

interface Jobs {
  readonly slot: Slot;
  readonly jobs: readonly ServiceFacts[];
  /** Why the slot's containers are created while the first of them runs; `undefined` where they are not. */
  readonly createsCause?: string | undefined;
  /** Base service that is made after them, as it waits for them. */
  readonly before?: string | undefined;
}

/** The release's jobs. Where the configured database runs already, somebody may be using it: they are run with care. */
export function addJobs(
  add: AddStep,
  { slot, jobs, createsCause, before }: Jobs,
  { config, services }: DesiredDeployment,
  observed: ObservedStack,
): void {
  const { service, kind, migrate } = config.database ?? {};
  const isUsed = service !== undefined && isRunning(observed, service);
  const isData = ({ name, role, active }: ServiceFacts) => active && (role === "data" || name === service);
  const used = services.filter((one) => isData(one) && isRunning(observed, one.name));
  for (const [index, job] of inOrder(jobs).entries()) {
    const { name } = job;
    const creates = index === 0 && createsCause !== undefined;
    const isCared = isUsed && migrate?.enabled && (migrate.jobs?.includes(name) ?? true);
    add({
      kind: "job",
      slot,
      service: name,
      ...(isCared ? { database: service } : {}),
      ...(creates ? { creates } : {}),
      ...(used.some((one) => mayReach(job, one)) ? {} : { runsAgain: true }),
      target: `job ${name}`,
      cause: [
        `${name} runs once for each release`,
        ...(before === undefined ? [] : [`${before} waits for it`]),
        ...(isCared ? careOf(service, kind) : []),
        ...(creates ? [`meanwhile ${createsCause}`] : []),
      ].join("; "),
      timeoutMs: jobMs,
    });
  }
}

/** A database in a file is one of a service that serves, and reached through its volume. */
function mayReach({ networks }: ServiceFacts, data: ServiceFacts): boolean {
  return data.role !== "data" || networks.length === 0 || networks.some((network) => data.networks.includes(network));
}

/** What a server lets be done for a migration, and what it does not. */
function careOf(service: string, kind: DatabaseConfig["kind"]): readonly string[] {
  switch (kind) {
    case "mariadb":
    case "mysql":
      return [`what it has changed of ${service} when it fails stays changed: the way back is a backup`];
    case "sqlite":
    case "command":
      return [];
    case "postgres":
    case undefined:
      return [`it gives up rather than hold up what uses ${service}`];
  }
}
