import type { Diagnosis } from "@sluice/core";
import type { ShortJob } from "../job-minutes.ts";
import type { JobWithoutSettings } from "../jobs-without-settings.ts";
import type { UnreleasedCheckout } from "../unreleased-checkouts.ts";
import type { UnwrittenFile } from "../unwritten-files.ts";

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

/** Production may have no settings of its own, and one that is named has to. */
function writtenAnew(environment: string): string {
  return `sluice init --workflow${environment === "production" ? "" : ` --env ${environment}`} --yes`;
}

/** Jobs that are cancelled in the middle of what the configuration has them wait for. */
export function minutesDiagnoses(
  jobs: readonly ShortJob[],
  { environment, held, wanted }: { readonly environment: string; readonly held: number; readonly wanted: number },
): readonly Diagnosis[] {
  return jobs.map(({ path, job, minutes }) => ({
    severity: "warn",
    code: "job-too-short",
    what: `${path}: GitHub cancels job ${job} after ${minutes} minutes, and the configuration holds a deployment for ${held}`,
    why: "a deployment that takes the time that it is given is undone, however good it is",
    mend: `timeout-minutes: ${wanted} in the job, or ${writtenAnew(environment)}`,
  }));
}

/** Jobs that check out what nobody has released, where services mount it. */
export function checkoutDiagnoses(jobs: readonly UnreleasedCheckout[], environment: string): readonly Diagnosis[] {
  return jobs.map(({ path, job }) => ({
    severity: "warn",
    code: "checkout-unreleased",
    what: `${path}: job ${job} releases nothing, and checks out each time what its workflow is of, as the default branch`,
    why: "services beside the slots mount that directory: what nobody has released is in what serves",
    mend: `${writtenAnew(environment)}, or if: hashFiles('.git/index') == '' in the step`,
  }));
}

/** Jobs that deploy without files that Compose needs, as git does not have them. */
export function fileDiagnoses(found: readonly UnwrittenFile[]): readonly Diagnosis[] {
  return found.map(({ path, job, file: { kind, name, source } }) => ({
    severity: "warn",
    code: "file-not-in-git",
    what: `${path}: job ${job} deploys without ${source}, ${kind === "env_file" ? `an env_file of ${name}` : `the file of ${kind} ${name}`}: it is not in git, and no step writes it`,
    why: "its checkout takes away what git does not have, whoever put it there, and Compose does not go on without the file",
    mend: `a step before that writes ${source} from a secret; or its absolute path in the compose file, outside the checkout`,
  }));
}
