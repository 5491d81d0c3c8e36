import type { Config, ProvenRelease, RecoveryChoice, ReleaseRequest, ServiceFacts } from "@sluice/core";
import { aConfig, aProject, aRequest, aService, createFakeWorld, type FakeWorld } from "@sluice/testing";
import {
  type DeploymentResult,
  type DeployRequest,
  deploy,
  type RollbackRequest,
  recoverUnfinished,
  rollback,
} from "../../src/index.ts";

export interface ScenarioParts {
  readonly services?: readonly ServiceFacts[] | undefined;
  readonly config?: Config | undefined;
}

export interface RunParts extends ScenarioParts {
  readonly images?: Readonly<Record<string, string>> | undefined;
  /** `pull_policy` by service. */
  readonly pullPolicies?: Readonly<Record<string, string>> | undefined;
  /** Named volume by service. */
  readonly volumes?: Readonly<Record<string, string>> | undefined;
  /** Variables by service. */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string | null>>>> | undefined;
  /** Absolute. */
  readonly composeFiles?: readonly string[] | undefined;
  /** By service: what is in the file that it mounts, from now on. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly request?: Partial<ReleaseRequest> | undefined;
  readonly retry?: boolean | undefined;
  readonly replaceDoors?: boolean | undefined;
  readonly override?: string | undefined;
  readonly proven?: ProvenRelease | undefined;
  readonly acceptIncompatible?: boolean | undefined;
  readonly acceptNotUndone?: boolean | undefined;
  readonly acceptDropped?: boolean | undefined;
  /** Link to the workflow's run that it is part of. */
  readonly run?: string | undefined;
  readonly leaving?: string | undefined;
  readonly backAt?: readonly string[] | undefined;
  /** Of `recover`: the id of the one attempt that is meant. */
  readonly only?: string | undefined;
}

export interface Scenario {
  readonly world: FakeWorld;
  /** The same in a world of its own, for as long as no run is under way. */
  copy(): Scenario;
  deploy(tag: string, parts?: RunParts): Promise<DeploymentResult>;
  rollback(to?: string, parts?: RunParts): Promise<DeploymentResult>;
  /** What `rollback` asks for, for who calls it with ports of their own. */
  rollbackRequest(to?: string, parts?: RunParts): RollbackRequest;
  recover(choice?: Exclude<RecoveryChoice, "go-back">, parts?: RunParts): Promise<DeploymentResult | null>;
}

/** A web service, a worker, a database and a migration: a bit of everything. */
export const shopServices: readonly ServiceFacts[] = [
  aService("web"),
  aService("worker", { role: "worker" }),
  aService("migrate", { role: "job" }),
  aService("db", { role: "data" }),
];

const usualConfig = aConfig();

/** One stack in a world in memory, and the engine to deploy to it. */
export function aScenario(defaults: ScenarioParts = {}, world: FakeWorld = createFakeWorld()): Scenario {
  const facts = ({ services, config, images, pullPolicies, volumes, environment, composeFiles, run }: RunParts) => ({
    stack: world.state.stack,
    homeId: "home",
    previewSecret: "secret of the preview",
    config: config ?? defaults.config ?? usualConfig,
    project: aProject({
      services: services ?? defaults.services ?? shopServices,
      images,
      pullPolicies,
      volumes,
      environment,
      composeFiles,
    }),
    actor: "tester",
    reason: "a test",
    origin: run === undefined ? undefined : { host: "runner", run },
  });
  const checkOut = ({ files = {} }: RunParts) => {
    for (const [service, content] of Object.entries(files)) world.state.files.set(service, content);
  };
  const signalOf = ({ signal }: RunParts) => signal ?? new AbortController().signal;
  const rollbackRequest = (to: string | undefined, parts: RunParts = {}): RollbackRequest => {
    const { acceptIncompatible, acceptNotUndone, leaving, backAt } = parts;
    return { ...facts(parts), to, acceptIncompatible, acceptNotUndone, leaving, backAt };
  };
  return {
    world,
    copy: () => aScenario(defaults, world.copy()),
    rollbackRequest,
    deploy(tag, parts = {}) {
      checkOut(parts);
      const { retry, replaceDoors, override, acceptIncompatible, acceptNotUndone, acceptDropped, proven } = parts;
      const release = aRequest(tag, parts.request);
      const asked = { retry, replaceDoors, override, acceptIncompatible, acceptNotUndone, acceptDropped, proven };
      const request: DeployRequest = { ...facts(parts), release, ...asked };
      return deploy(request, world.ports(), signalOf(parts));
    },
    rollback(to, parts = {}) {
      return rollback(rollbackRequest(to, parts), world.ports(), signalOf(parts));
    },
    recover(choice, parts = {}) {
      const { project, actor, origin: _origin, ...stack } = facts(parts);
      return recoverUnfinished(stack, project, world.ports(), signalOf(parts), {
        choice,
        actor,
        deployment: parts.only,
      });
    },
  };
}

/** Runs until the deployer is killed just before effect `at`; says whether it was. The machine is there again after. */
export async function killedAt(scenario: Scenario, at: number, run: () => Promise<unknown>): Promise<boolean> {
  const { calls } = scenario.world;
  let killed = false;
  calls.fault = ({ index }) => {
    if (index < at) return undefined;
    killed = true;
    return "kill";
  };
  await Promise.race([run().catch(() => undefined), calls.killed]);
  scenario.world.restart();
  return killed;
}

/** Releases that users of each service reach. */
export function reached({ world }: Scenario): Readonly<Record<string, readonly string[]>> {
  const tagOf = (release: string) => world.state.bundles.get(release)?.bundle.tag ?? release;
  return Object.fromEntries(
    Object.entries(world.users()).map(([service, reach]) => [service, Object.keys(reach).map(tagOf)]),
  );
}

/** Stored releases become such as an earlier Sluice stored: nothing tells what they were judged by. */
export function forgetSettings({ world }: Scenario): void {
  for (const [id, { bundle, ...stored }] of world.state.bundles) {
    const { checks: _checks, ...rest } = bundle;
    const services = bundle.services.map(({ healthPath: _path, proxyProtocol: _proxy, ...service }) => service);
    world.state.bundles.set(id, { ...stored, bundle: { ...rest, services } });
  }
}
