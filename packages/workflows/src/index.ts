export { checkoutDiagnoses, fileDiagnoses, minutesDiagnoses, settingsDiagnoses } from "./doctor/settings-diagnoses.ts";
export { workflowDiagnoses } from "./doctor/workflow-diagnoses.ts";
export type { DroppedStep } from "./dropped-steps.ts";
export type {
  AlteredVariable,
  MigrationStep,
  WorkflowEnvironment,
  WorkflowFacts,
  WorkflowFile,
  WorkflowSchedule,
  WorkflowSchedules,
  WorkflowVariable,
} from "./facts.ts";
export { type GithubUse, rightsOfToken } from "./github-rights.ts";
export { type JobMinutes, shortJobs, usualMinutes } from "./job-minutes.ts";
export { jobsWithoutSettings } from "./jobs-without-settings.ts";
export { variablesOf } from "./look-up.ts";
export { workflowPaths } from "./names.ts";
export { type NeededFile, neededFiles } from "./needed-files.ts";
export { pastSluice } from "./past-sluice.ts";
export { type ProfileSources, profilesVariable } from "./profiles.ts";
export { projectWorkflows } from "./project-workflows.ts";
export { type ExistingDeployment, existingDeployments } from "./read-existing.ts";
export { type RelativeWrite, relativeWrites } from "./relative-writes.ts";
export { type RunTokenJob, runTokenJobs } from "./run-token.ts";
export { runVariables } from "./run-variables.ts";
export { settingsByHand } from "./settings.ts";
export { type UnreleasedCheckout, unreleasedCheckouts } from "./unreleased-checkouts.ts";
export { type UnwrittenFile, unwrittenFiles } from "./unwritten-files.ts";
export {
  type CheckoutTexts,
  deploymentsOf,
  leftOutFiles,
  ownDefaults,
  type ProfilesHere,
  profilesHere,
  servicesLeftOut,
  unsetVariables,
  workflowFacts,
} from "./workflow-facts.ts";
