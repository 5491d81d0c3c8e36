import { assertDoorsCan, assertHttps, assertPortProtocols, planDeployment, portTransfers } from "@sluice/core";
import { newestCreation } from "../record/in-order.ts";
import { lastServing, unprovenReleases } from "../record/read-attempts.ts";
import type { DeployRequest, PreparedDeployment } from "../requests.ts";
import { type EnginePorts, emit } from "../scope.ts";
import { assertPossible } from "./assert-possible.ts";
import { desiredDeployment, findDeployFacts } from "./deploy-facts.ts";
import { deployFindings } from "./deploy-findings.ts";
import { askedFindings, type MatchedNow, matchPlanned, matchReleaseOfNow } from "./images-anew.ts";
import { splitFindings } from "./left-split.ts";
import { assertNotOvertaken } from "./overtaken-run.ts";
import { assertDoorsAnswer, assertNoneLost, assertReady } from "./preflight.ts";
import { findServingBefore } from "./serving-before.ts";
import { findWanted } from "./wanted-release.ts";

interface PrepareOptions {
  /**
   * What `pull_policy` asks for anew is pulled, for the deployment that follows, and attempts without an end were dealt with. Default:
   * nothing is, and findings say so.
   */
  readonly pulls?: boolean | undefined;
}

/** The plan of a deployment, without any change of the stack. @throws SluiceError when it would be refused */
export async function prepareDeploy(
  request: DeployRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
  { pulls = false }: PrepareOptions = {},
): Promise<PreparedDeployment> {
  const { project, release: wanted, config } = request;
  const { services } = project;
  const [seen, bundles, remembered, unproven, findings] = await Promise.all([
    ports.observer.observe(project, signal),
    ports.bundles.list(),
    lastServing(ports.journal),
    unprovenReleases(ports.journal),
    assertReady(request, ports, signal),
    // What waited for its turn was read before.
    ports.checkout.assertUnchanged(wanted, signal),
  ]);
  const observed = { ...seen, remembered };
  assertHttps(config, services);
  assertPortProtocols(config, services);
  assertDoorsCan(ports.router, config, services);
  if (!request.replaceDoors) assertDoorsAnswer(observed);
  const key = ports.identity.key(wanted, project.modelHash);
  const before = await findServingBefore(observed, ports);
  const { previousRelease } = before;
  await assertNotOvertaken(request, previousRelease, ports);
  const dropped = assertNoneLost(request, before, observed, ports);
  const matched: MatchedNow = pulls
    ? await matchReleaseOfNow(bundles, request, key, ports, { previousRelease, signal })
    : matchPlanned(bundles, request, key, before.serves);
  const { promotion, pulled, ...stored } = matched;
  const found = await findWanted(stored, before, request, ports, signal);
  const facts = await findDeployFacts({ observed, bundles, unproven, ...before, ...found }, request, ports, signal);
  const desired = await desiredDeployment(facts, request, ports, signal);
  const plan = planDeployment(desired, observed);
  const transfers = portTransfers(facts.serving, services, observed);
  const planned = { ...project, tag: wanted.tag, config, observed, orphans: facts.orphans, transfers };
  await assertPossible(plan, { ...planned, model: () => project.model }, ports, signal);
  const told = [
    ...(await deployFindings(plan, facts, request, ports, signal)),
    ...(pulls ? [] : [...askedFindings(matched, request), ...(await splitFindings(observed, request, ports))]),
  ];
  for (const finding of told) emit({ ports }, { type: "finding", finding });
  const { usable, asked, imagesOf } = facts;
  const newestAt = newestCreation(bundles);
  return {
    plan,
    observed,
    bundles,
    source: usable ? null : { project, request: wanted, config, key, newestAt, imagesOf, pulled, taken: promotion },
    release: asked?.release ?? null,
    changedServices: asked?.changedServices,
    previousRelease,
    dataAnew: facts.anew.services,
    findings: [...findings, ...dropped, ...told],
  };
}
