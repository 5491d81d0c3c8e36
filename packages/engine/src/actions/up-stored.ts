import {
  type CallOptions,
  isApplication,
  pinnedModel,
  type ServiceFacts,
  SluiceError,
  type StoredRelease,
} from "@sluice/core";
import { nameAgain } from "../prepare/name-again.ts";
import { type DeploymentScope, emit, leftFor } from "../scope.ts";

/**
 * Makes a base service as a stored release has it, from what its checkout had. Where that is gone and no copy of it is stored,
 * what runs of the service stays, which is told; where none runs, what is checked out now serves better than nothing.
 *
 * @throws SluiceError COMPOSE_FAILED before anything is touched, where it can neither be made nor stay; what `up` throws
 */
export async function upStored(
  release: StoredRelease,
  facts: ServiceFacts,
  scope: DeploymentScope,
  options: CallOptions,
): Promise<void> {
  const { ports, project } = scope;
  const { tag, services } = release.bundle;
  const { name: service } = facts;
  const left = leftFor(release, scope);
  const { model, unproven, missing } = await ports.base.placed(release, [facts], project.model, left);
  const gone = [...missing, ...unproven].join(" and ");
  const way = `check out ${tag}, then: sluice deploy --release ${tag}`;
  // An application that stays would be another version than the one that is said to serve.
  if (gone !== "" && !isApplication(facts.role) && (await runs(service, scope, options))) {
    const message = `base service ${service} stays as it runs: ${tag} mounts ${gone}, which is not there any more, and holds no copy`;
    const hint = `to have it as ${tag} does, ${way}`;
    emit(scope, { type: "finding", finding: { severity: "warn", code: "base-kept", service, message, hint } });
    return;
  }
  if (missing.length > 0) {
    const message = `service ${service} cannot be made as ${tag} has it: ${missing.join(" and ")}, which it mounts, is not there any more, and no copy is stored`;
    throw new SluiceError("COMPOSE_FAILED", message, { hint: `put it back there; or ${way}` });
  }
  if (unproven.length > 0) {
    const message = `base service ${service} is made as ${tag} has it, but with what is checked out now: ${gone} is not there any more, and no copy is stored`;
    const hint = `see that it serves; to have it as ${tag} does, ${way}`;
    emit(scope, { type: "finding", finding: { severity: "warn", code: "base-files-of-now", service, message, hint } });
  }
  await nameAgain(release, ports, options);
  await ports.base.up(
    pinnedModel({ ...release, model }),
    facts,
    services.filter(({ active }) => active),
    options,
  );
}

async function runs(service: string, { ports, project }: DeploymentScope, { signal }: CallOptions): Promise<boolean> {
  const { base, orphans } = await ports.observer.observe(project, signal);
  const found = [...(base[service]?.containers ?? []), ...orphans.filter((one) => one.service === service)];
  return found.length > 0 && found.every(({ state, health }) => state === "running" && health !== "unhealthy");
}
