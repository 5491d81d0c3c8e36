import {
  builderOf,
  type ComposeModel,
  type ComposeService,
  type Config,
  parseDuration,
  type Role,
  type RoleDecision,
  type ServiceFacts,
} from "@sluice/core";
import { networkKeys } from "../model/networks.ts";
import { sharedServices } from "./blockers.ts";
import { listeningPort, servicePorts } from "./listening-port.ts";
import { protocolsOf } from "./protocols.ts";
import { isRunOnce, replicasOf } from "./service-shape.ts";
import { startBudget } from "./start-budget.ts";

/** Compose's own. */
const defaultStopGraceMs = 10_000;

const slotRoles: ReadonlySet<Role> = new Set(["web", "worker"]);

/**
 * What a planner needs to know of each service.
 *
 * @param active names of the services of the active profiles; default all. Those in slots that are scaled to nothing are not
 */
export function serviceFacts(
  model: ComposeModel,
  decisions: readonly RoleDecision[],
  config: Pick<Config, "services" | "traffic">,
  active: ReadonlySet<string> = new Set(Object.keys(model.services)),
): readonly ServiceFacts[] {
  return decisions.map(({ service: name, ...decision }) => {
    const service = model.services[name] ?? {};
    const override = config.services[name] ?? {};
    const port = listeningPort(service, override);
    const replicas = replicasOf(service);
    // Nobody could wait for it, nor be led to it.
    const isNone = replicas === 0 && decision.strategy === "slots" && slotRoles.has(decision.role);
    return {
      name,
      ...decision,
      active: active.has(name) && !isNone,
      ...(active.has(name) ? {} : profilesOf(service)),
      builds: builderOf(model, name) !== undefined,
      replicas,
      networks: networkKeys(service),
      dependsOn: Object.keys(service.depends_on ?? {}),
      ...awaitsOf(service),
      ...restartsWithOf(service),
      ...servicePorts(service, port),
      ...protocolsOf(service, port, override),
      hasHealthcheck: hasHealthcheck(service),
      startBudget: startBudget(service.healthcheck, override.startTimeout),
      stopGraceMs: parseDuration(service.stop_grace_period ?? "") ?? defaultStopGraceMs,
      ...(isRunOnce(service) ? { runsOnce: true } : {}),
      overlap: override.overlap ?? false,
      ...(override.sharedVolumes || override.strategy === "slots" ? { sharesVolumes: true } : {}),
      healthPath: override.health?.path ?? null,
      ...(override.health?.host === undefined ? {} : { healthHost: override.health.host }),
      proxyProtocol: config.traffic.proxyProtocol,
    };
  });
}

export function hasHealthcheck({ healthcheck }: ComposeService): boolean {
  return healthcheck?.test !== undefined && healthcheck.disable !== true && healthcheck.test[0] !== "NONE";
}

function profilesOf({ profiles = [] }: ComposeService): Pick<ServiceFacts, "inactiveProfiles"> {
  return profiles.length > 0 ? { inactiveProfiles: profiles } : {};
}

function awaitsOf({ depends_on = {} }: ComposeService): Pick<ServiceFacts, "awaits"> {
  const awaits = Object.entries(depends_on).flatMap(([name, { condition }]) =>
    condition === "service_completed_successfully" ? [name] : [],
  );
  return awaits.length > 0 ? { awaits } : {};
}

/** Without what shares a namespace with the other: that is made anew with it, as it cannot be started without. */
function restartsWithOf(service: ComposeService): Pick<ServiceFacts, "restartsWith"> {
  const shared = new Set(sharedServices(service).map(({ other }) => other));
  const restartsWith = Object.entries(service.depends_on ?? {}).flatMap(([name, { restart }]) =>
    restart === true && !shared.has(name) ? [name] : [],
  );
  return restartsWith.length > 0 ? { restartsWith } : {};
}
