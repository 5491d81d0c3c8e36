import type { ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { type Contexts, interpolate, isDue, type JobStatus } from "./expressions.ts";
import { cancelStep, runStep, type StepResult } from "./run-step.ts";

export interface JobCall {
  /** Text of the workflow. */
  readonly workflow: string;
  readonly job: string;
  /** Where `run:` steps start. */
  readonly checkout: string;
  /** For scripts, events and environment files. */
  readonly directory: string;
  /** Name of the event, such as `release`, and its payload. */
  readonly event: { readonly name: string; readonly payload: unknown };
  readonly secrets?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What the runner itself runs with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Cancels the job when a step has written what it picks; asked with each chunk until it says yes. */
  readonly cancelWhen?: ((output: string, step: string) => boolean) | undefined;
  /** See `cancelStep`. */
  readonly pace?: number | undefined;
}

export interface RanStep extends StepResult {
  readonly name: string;
  readonly outcome: "success" | "failure" | "cancelled";
}

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "continue-on-error"?: boolean;
}

interface Job {
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface RanJob {
  readonly status: JobStatus;
  readonly steps: readonly RanStep[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the `run:` steps of one job as a runner would; actions (`uses:`) are taken as done. */
export async function runJob(call: JobCall): Promise<RanJob> {
  const { jobs } = parse(call.workflow) as { readonly jobs: Readonly<Record<string, Job>> };
  const job = jobs[call.job];
  if (!job) throw new Error(`the workflow has no job ${call.job}`);
  const runner = await openRunner(call);
  try {
    return await runSteps(job, call, runner);
  } finally {
    await rm(runner.temporary, { recursive: true, force: true });
  }
}

interface Runner {
  readonly temporary: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function openRunner({ directory, event, env, checkout }: JobCall): Promise<Runner> {
  const temporary = await mkdtemp(join(directory, "runner-"));
  const eventPath = join(temporary, "event.json");
  await writeFile(eventPath, JSON.stringify(event.payload));
  return {
    temporary,
    env: {
      ...env,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_ACTOR: "ada",
      GITHUB_EVENT_NAME: event.name,
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_WORKSPACE: checkout,
      RUNNER_TEMP: temporary,
    },
  };
}

async function runSteps(
  { env, outputs, steps }: Job,
  call: JobCall,
  { temporary, env: runnerEnv }: Runner,
): Promise<RanJob> {
  const ran: RanStep[] = [];
  const outcomes: Record<string, unknown> = {};
  let exported: Readonly<Record<string, string>> = {};
  let status: JobStatus = "success";
  const contexts = (): Contexts => ({
    secrets: call.secrets ?? {},
    inputs: call.inputs ?? {},
    github: {
      event: call.event.payload,
      event_name: call.event.name,
      run_id: 1,
      server_url: "https://github.invalid",
      token: "token-of-the-run",
    },
    runner: { temp: temporary },
    steps: outcomes,
  });
  const evaluated = (values: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, interpolate(String(value), contexts())]));
  for (const [index, step] of steps.entries()) {
    if (step.run === undefined || !isDue(step.if, contexts(), status)) continue;
    const name = step.name ?? `step ${index}`;
    const directory = join(temporary, `step-${index}`);
    await mkdir(directory);
    let cancelling: Promise<void> | undefined;
    const onOutput = (output: string, entry: ChildProcess) => {
      if (!cancelling && status !== "cancelled" && call.cancelWhen?.(output, name)) {
        cancelling = cancelStep(entry, call.pace);
      }
    };
    const script = interpolate(step.run, contexts());
    const stepEnv = { ...runnerEnv, ...evaluated(env), ...exported, ...evaluated(step.env) };
    const result = await runStep({ script, cwd: call.checkout, env: stepEnv, directory, onOutput });
    await cancelling;
    exported = { ...exported, ...result.exported };
    const outcome = cancelling ? "cancelled" : result.exitCode === 0 ? "success" : "failure";
    if (cancelling) status = "cancelled";
    else if (outcome === "failure" && step["continue-on-error"] !== true && status === "success") status = "failure";
    if (step.id !== undefined) outcomes[step.id] = { outputs: result.outputs, outcome, conclusion: outcome };
    ran.push({ ...result, name, outcome });
  }
  return { status, steps: ran, outputs: evaluated(outputs) };
}
