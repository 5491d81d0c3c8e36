import type { Diagnosis } from "@sluice/core";
import type { JobWithoutSettings } from "@sluice/workflows";

/** Settings of an environment that its workflow does not use. */
export function settingsDiagnoses(jobs: readonly JobWithoutSettings[]): readonly Diagnosis[] {
  return jobs.map(({ path, job, environment }) => ({
    severity: "warn",
    code: "environment-unused",
    what: `${path}: job ${job} deploys without the settings that sluice.yaml has for ${environment}`,
    why: "windows, promotion and all else that is said there do not hold for what it deploys",
    mend: `sluice init --workflow --env ${environment} --yes, or SLUICE_ENVIRONMENT: ${environment} in env of the job`,
  }));
}
