import { type Config, defaultConfig } from "@sluice/core";
import type { Rate } from "./cells.ts";
import { type CrowdScenario, usualSpread } from "./crowd.ts";
import { randomFrom } from "./random.ts";
import { simulateDeployment } from "./simulate-deployment.ts";

/** Whole deployments of one kind. */
export interface DeploymentCell {
  readonly rate: Rate;
  /** Percent of errors of both versions. */
  readonly base: number;
  readonly clients: number;
  readonly steps: Steps;
}

/** Those of the configuration, or more of them. */
export type Steps = "default" | "5, 25, 50, 100";

export interface DeploymentResult {
  readonly rate: string;
  readonly base: number;
  readonly clients: number;
  readonly steps: Steps;
  /** Percent of the deployments that were taken back, though the version was no worse. */
  readonly falseRollbacks: number;
  /** How many of them for which check, and with how many percent of the users: `errors at 50 %`. */
  readonly because: Readonly<Record<string, number>>;
  /** Percent of the deployments in which a rise of 4xx answers was shown, which takes nothing back. */
  readonly shown4xx: number;
}

/** Of all requests that are answered, percent. */
const http4xx = 3;

/** Deploys a version that is no worse again and again. The same seed gives the same result on every machine. */
export function measureDeployments(cell: DeploymentCell, runs: number, seed: number): DeploymentResult {
  const { rate, base, clients, steps } = cell;
  const random = randomFrom(seed);
  const config = configOf(steps);
  const scenario: CrowdScenario = {
    perSecond: rate.perSecond,
    clients,
    errors: base / 100,
    http4xx: http4xx / 100,
    spread: usualSpread,
  };
  const because: Record<string, number> = {};
  let [takenBack, shown4xx] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const deployment = simulateDeployment(config, scenario, random);
    if (deployment.showed4xx) shown4xx += 1;
    if (!deployment.takenBack) continue;
    takenBack += 1;
    const { check, at } = deployment.takenBack;
    const name = `${check} at ${at} %`;
    because[name] = (because[name] ?? 0) + 1;
  }
  const percent = (count: number) => (count / runs) * 100;
  return {
    rate: rate.name,
    base,
    clients,
    steps,
    falseRollbacks: percent(takenBack),
    because,
    shown4xx: percent(shown4xx),
  };
}

function configOf(steps: Steps): Config {
  const config = defaultConfig();
  if (steps === "default") return config;
  const shares = steps.split(", ").map(Number);
  const held = shares.map((share) => ({ share, for: share === 100 ? 0 : 30_000, approval: false }));
  return { ...config, rollout: { ...config.rollout, steps: held } };
}
