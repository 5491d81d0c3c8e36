import { type Diagnosis, when } from "@sluice/core";
import type { DeploymentRight } from "../github/read-deployment-right.ts";

/** A job that gives Sluice the token of its run. */
export interface TokenJob {
  /** Of the workflow. */
  readonly path: string;
  readonly job: string;
  /** What that token may not do and needs to; `null` where the workflow does not say what it may. */
  readonly lacks: readonly { readonly scope: string; readonly access: string }[] | null;
}

export interface DeploymentRightFacts {
  readonly repository: string;
  /** Of the token at hand; `null` where there is none, or GitHub was not to be asked. */
  readonly right: DeploymentRight | null;
  /** Jobs that deploy with the token of their run. */
  readonly jobs: readonly TokenJob[];
}

const why = "deployments go on, and are not shown on GitHub";

/** What keeps deployments from being shown on GitHub, as far as that can be told without showing one; and that it cannot. */
export function deploymentRightDiagnoses({ repository, right, jobs }: DeploymentRightFacts): readonly Diagnosis[] {
  return [
    ...jobs.flatMap(jobDiagnoses),
    ...(right?.isGranted === false ? [scopeMissing(repository, right)] : []),
    ...(right?.isGranted === null && !jobs.some(({ lacks }) => lacks !== null) ? [untold(repository)] : []),
  ];
}

function jobDiagnoses({ path, job, lacks }: TokenJob): readonly Diagnosis[] {
  const mayShow = !lacks?.some(({ scope }) => scope === "deployments");
  const others = lacks
    ?.filter(({ scope }) => scope !== "deployments")
    .map(({ scope, access }) => `${scope}: ${access}`);
  const missing = others?.join(", ") ?? "";
  return [
    ...when(!mayShow, {
      severity: "warn",
      code: "deployments-not-permitted",
      what: `${path}: job ${job} gives sluice a token that may not write deployments`,
      why,
      mend: "permissions: { contents: read, deployments: write } in the workflow",
    }),
    ...when(missing !== "", {
      severity: "warn",
      code: "github-right-missing",
      what: `${path}: job ${job} gives sluice a token without ${missing}`,
      why: "github: of sluice.yaml asks for what it may not do: what is required refuses every deployment, the rest is left out",
      mend: `permissions: of the workflow, with ${missing}; sluice init --workflow writes it`,
    }),
  ];
}

function scopeMissing(repository: string, { lacks }: DeploymentRight): Diagnosis {
  return {
    severity: "warn",
    code: "deployments-not-permitted",
    what: `the token may not write deployments of ${repository}: it lacks ${lacks}`,
    why,
    mend: "a token with repo_deployment, or a fine-grained one with Deployments: Read and write; github.deployments: false where they are not wanted",
  };
}

function untold(repository: string): Diagnosis {
  return {
    severity: "note",
    code: "deployments-untold",
    what: `whether the token may write deployments of ${repository} cannot be told before one is written`,
    why: "GitHub tells only classic tokens what they may do, and no workflow here says it of the token of its run",
    mend: "permissions: deployments: write in the workflow that deploys; of a fine-grained token, see Deployments in its settings",
  };
}
