import {
  assertPortsFree,
  type ComposeModel,
  type Finding,
  mayRemove,
  type Orphan,
  planWarmRollback,
  type ReleaseBundle,
  type StoredRelease,
} from "@sluice/core";
import { jobsTakenBack } from "./jobs-not-run.ts";
import { lostBase } from "./lost-base.ts";
import { assertImages } from "./needed-images.ts";
import { placedModel } from "./placed-model.ts";
import { assertDoorImage, assertNoObstacle } from "./preflight.ts";
import type { RollbackFacts, RollbackScope, WayBack } from "./rollback-facts.ts";

/** Going back to what is warm. @throws SluiceError RELEASE_REFUSED, IMAGE_MISSING, PREFLIGHT_FAILED */
export async function prepareWarm(facts: RollbackFacts, scope: RollbackScope): Promise<WayBack> {
  const { target, release, observed, orphans, transfers } = facts;
  const { request, ports, signal, judging, fate } = scope;
  const { services } = target;
  const { plan, told } = planWarm(facts);
  assertPortsFree(plan, transfers, target);
  // What has none would fail once users have moved, and lead them away again.
  await assertImages({ ...release, bundle: target }, plan, ports, signal);
  await assertDoorImage(plan, { ...observed, services }, judging, ports, signal);
  if (plan.steps.some(({ kind }) => kind === "door")) {
    const model = await placedModel(facts, scope);
    await assertNoObstacle(plan, { ...request, model, services, orphans }, ports, signal);
  }
  return { plan, told: [...jobsTakenBack(target, fate, plan), ...told] };
}

/** The plan of a change of route, and what is told of what it leaves. Pure. */
export function planWarm(facts: RollbackFacts): WayBack {
  const { target, release, left, config, observed, orphans, held, differing } = facts;
  const stays = waysIn(orphans, held, target);
  const plan = planWarmRollback(target.services, config, observed, {
    replaced: left?.bundle.services,
    differing,
    lost: lostBase(release, left, observed),
    orphans: orphans.filter((orphan) => !stays.includes(orphan)),
    republished: stays.length > 0 ? [] : publishedOtherwise(release, left),
  });
  return { plan, told: stays.map((orphan) => stayingFinding(orphan, target)) };
}

/** Services whose doors have other ports of the host, or addresses, in the release that serves. Pure. */
export function publishedOtherwise({ model, bundle }: StoredRelease, serves: StoredRelease | null): readonly string[] {
  if (!serves) return [];
  const portsIn = (one: ComposeModel, name: string) => JSON.stringify(one.services[name]?.ports ?? []);
  const webs = bundle.services.filter(({ active, role, strategy }) => active && role === "web" && strategy === "slots");
  return webs.flatMap(({ name }) => (portsIn(model, name) === portsIn(serves.model, name) ? [] : [name]));
}

/**
 * What would go with the release that is left, and may be how users come in: where there is such a thing, a warm rollback leaves
 * doors as they are, also where those of the release gone back to had the port, or the labels, by themselves. Pure.
 */
export function waysIn(
  orphans: readonly Orphan[],
  held: readonly Finding[],
  { services }: ReleaseBundle,
): readonly Orphan[] {
  const hasEdge = services.some(({ active, role }) => active && role === "edge");
  return orphans.filter(
    (orphan) =>
      mayRemove(orphan) &&
      ((orphan.facts?.role === "edge" && !hasEdge) || held.some(({ service }) => service === orphan.service)),
  );
}

function stayingFinding({ service, containers }: Orphan, { tag }: ReleaseBundle): Finding {
  const names = containers.map(({ name }) => name).join(" ");
  const message = `${names} stays although ${tag} has no ${service}: it may be how users come in`;
  const hint = `once nobody needs it: docker stop ${names} && docker rm ${names}`;
  return { severity: "warn", code: "orphan-stays", service, message, hint };
}
