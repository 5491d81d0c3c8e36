import {
  type ComposeModel,
  type Config,
  type DeploymentPlan,
  type Finding,
  isKept,
  type ObservedStack,
  type PlanStep,
  type ReleaseBundle,
} from "@sluice/core";
import type { MigrationFate } from "../record/data-history.ts";
import type { LostWork } from "../record/taken-from-data.ts";

interface DataFacts {
  /** Of the release. */
  readonly model: ComposeModel;
  readonly observed: Pick<ObservedStack, "base" | "missingVolumes">;
  readonly config: Pick<Config, "database">;
}

/**
 * That a release which was live before does not run its jobs where the data that they worked on is not: a job runs once for each
 * release, and what it did is taken to be there. That data is the database of the configuration; where none is named, any. Pure.
 */
export function jobsNotRun(
  { services, tag }: Pick<ReleaseBundle, "services" | "tag">,
  { model, observed, config: { database } }: DataFacts,
  { steps }: Pick<DeploymentPlan, "steps">,
): readonly Finding[] {
  if (steps.some(({ kind }) => kind === "job")) return [];
  const active = services.filter((service) => service.active);
  const jobs = active.filter(({ role }) => role === "job").map(({ name }) => name);
  const data = active.filter(({ name, role, replicas }) => {
    const isMigrated = database?.service === undefined ? role === "data" : name === database.service;
    return isMigrated && replicas > 0;
  });
  const anew = data.filter(({ name }) => !isKept(name, model, observed));
  if (jobs.length === 0 || anew.length === 0) return [];
  const names = anew.map(({ name }) => name).join(", ");
  const message = `${jobs.join(", ")} will not run: ${tag} was live before, and a job runs once for each release; ${names} is made anew here`;
  const hint = `where the volumes of ${names} did not come along, put the data back (sluice db restore), or deploy a release that is new to the stack, whose jobs run`;
  return [{ severity: "warn", code: "jobs-not-run", message, hint }];
}

/** That what a release's jobs did is, by the record, not on the data or perhaps not, and that this plan does not run them. Pure. */
export function jobsTakenBack(
  { services, tag }: Pick<ReleaseBundle, "services" | "tag">,
  fate: MigrationFate,
  { steps }: Pick<DeploymentPlan, "steps">,
): readonly Finding[] {
  if ((fate !== "away" && fate !== "unsure") || steps.some(({ kind }) => kind === "job")) return [];
  const jobs = services.filter(({ active, role }) => active && role === "job").map(({ name }) => name);
  if (jobs.length === 0) return [];
  return [notRun(jobs, `${tag} was live before`, { tag, isSure: fate === "away" })];
}

/** The same of a deployment that is finished after its jobs were done. Pure. @param remaining steps that it still does */
export function jobsDoneForNothing(
  { tag, plan: { steps } }: { readonly tag: string; readonly plan: Pick<DeploymentPlan, "steps"> },
  { taken, unsure }: LostWork,
  remaining: readonly PlanStep[],
): readonly Finding[] {
  const left = steps.filter(({ id }) => remaining.every((step) => step.id !== id));
  return [taken?.jobs ?? [], unsure].flatMap((ids) => {
    const isSure = ids !== unsure;
    const jobs = left.flatMap((step) => (step.kind === "job" && ids.includes(step.id) ? [step.service] : []));
    const started = left.flatMap((step) => (step.kind === "start" && ids.includes(step.id) ? step.services : []));
    if (started.length > 0) return [notStarted(started, isSure)];
    return jobs.length > 0 ? [notRun(jobs, "this deployment has run it", { tag, isSure })] : [];
  });
}

/** The application migrates as it starts: where users are there it is for them to say when. */
function notStarted(services: readonly string[], isSure: boolean): Finding {
  const message = `${services.join(", ")} will not start anew: it migrated as it started, and ${since(isSure)}`;
  const hint = "to have it migrate: docker restart one of its containers, as sluice ps names them, then the others";
  return { severity: "warn", code: "jobs-not-run", message, hint };
}

function notRun(
  jobs: readonly string[],
  why: string,
  { tag, isSure }: { readonly tag: string; readonly isSure: boolean },
): Finding {
  const message = `${jobs.join(", ")} will not run: ${why}, and ${since(isSure)}`;
  return { severity: "warn", code: "jobs-not-run", message, hint: `to run it: sluice db migrate ${tag}` };
}

function since(isSure: boolean): string {
  return isSure
    ? "what it did to the data then was taken back, or data of before was put back"
    : "whether what it did to the data then is there now is not known: it was taken away, or may have been, and may have come back since";
}
