export { type JobCall, type RanStep, runJob } from "./run-job.ts";
export { cancelStep, parseEnvironmentFile, runStep, type StepCall, type StepResult } from "./run-step.ts";
