import {
  createEvent,
  type EventBody,
  type Finding,
  isSluiceError,
  type Outcome,
  outcomeExitCodes,
  type Serving,
  type SluiceEvent,
} from "@sluice/core";
import type { Deployer } from "@sluice/wiring";
import type { CommandCall, DeploymentResult } from "./context.ts";
import { deployerOptions } from "./deployer-options.ts";
import { givenFlags } from "./given-flags.ts";
import { interruptionError, isInterruption } from "./interruption.ts";
import { createRenderer, outputMode } from "./render/choose.ts";
import { askCommand, retryCommand, servingOf, shutOf } from "./render/words.ts";
import { errorBody, exitCodeOf, interruptedExitCode } from "./report-error.ts";
import { reportFile } from "./report-file.ts";

/** How long the last word of a refused deployment may take to find out what serves. */
const statusTimeoutMs = 5_000;

export type Ran = DeploymentResult | { readonly nothing: Omit<Finding, "severity"> };

/** What a command is to do, as far as it is known before it has begun. */
export interface Asked {
  readonly kind: "deploy" | "rollback" | "recover";
  /** `""` where none was named. */
  readonly tag: string;
}

/**
 * Runs one deployment under its renderer and gives its exit code. The last event always says how it ended and what
 * serves, also when it was refused before anything began.
 */
export async function runDeployment(
  { context, flags }: CommandCall,
  asked: Asked,
  run: (deployer: Deployer, signal: AbortSignal) => Promise<Ran>,
): Promise<number> {
  const { signal, now } = context;
  const mode = outputMode(flags, context);
  const renderer = await createRenderer(mode, context, givenFlags(flags));
  const show = guarded(renderer.onEvent);
  let hasBegun = false;
  const onEvent = (event: SluiceEvent) => {
    hasBegun ||= isBeginning(event);
    show(event);
  };
  const emit = (body: EventBody) => onEvent(createEvent(now(), body));
  const onAbort = () =>
    renderer.note("stopping: what has begun is undone, or left for `sluice resume`; again to stop at once");
  signal.addEventListener("abort", onAbort, { once: true });
  const startedMs = now().getTime();
  const fail = async (error: unknown, deployer: Deployer | null): Promise<number> => {
    const isInterrupted = isInterruption(error, context);
    const ending = isInterrupted ? interruptionError(signal) : error;
    const exitCode = isInterrupted ? exitCodeOf(ending) : refusalCode(exitCodeOf(error), hasBegun);
    // The interruption itself is told by how the deployment ended.
    if (!isInterrupted) emit(errorBody(error));
    const seen = deployer ? await servingNow(deployer) : {};
    emit(refusedEnd(ending, exitCode, asked, seen, now().getTime() - startedMs));
    return exitCode;
  };
  let report: string | undefined;
  const ending = async (running: Promise<Ran>, deployer: Deployer): Promise<number> => {
    const ran = await running;
    if (!("nothing" in ran)) {
      if (mode === "github") report = await reportFile(deployer, ran.deployment, context);
      return ran.exitCode;
    }
    emit({ type: "finding", finding: { severity: "info", ...ran.nothing } });
    return 0;
  };
  let ended: number | undefined;
  try {
    await using deployer = await context.createDeployer(deployerOptions(flags, context, onEvent));
    ended = await ending(run(deployer, signal), deployer).catch((error: unknown) => fail(error, deployer));
    return ended;
  } catch (error) {
    // What cannot be closed any more does not change how a deployment ended.
    return ended ?? (await fail(error, null));
  } finally {
    signal.removeEventListener("abort", onAbort);
    guarded((page: string | undefined) => renderer.end(page))(report);
  }
}

/** A renderer that fails must not fail a deployment. */
function guarded<Told>(tell: (told: Told) => void): (told: Told) => void {
  return (told) => {
    try {
      tell(told);
    } catch {
      // Nothing is left that could show it.
    }
  };
}

/** From then on what is there may be another than before: by a deployment, or by what is done about one that was cut short. */
function isBeginning(event: SluiceEvent): boolean {
  return (
    event.type === "deployment-start" || (event.type === "finding" && event.finding.code === "unfinished-deployment")
  );
}

/** What fails before anything began was refused, whatever it is where it fails later. */
function refusalCode(exitCode: number, hasBegun: boolean): number {
  return exitCode === outcomeExitCodes.failed && !hasBegun ? outcomeExitCodes.refused : exitCode;
}

interface Seen {
  /** Which version serves; `undefined` when it cannot be read. */
  readonly serving?: Serving | null | undefined;
  /** Services of it that users do not reach. Default: none */
  readonly shut?: readonly string[];
}

async function servingNow(deployer: Deployer): Promise<Seen> {
  try {
    const status = await deployer.status(AbortSignal.timeout(statusTimeoutMs));
    return { serving: servingOf(status), shut: shutOf(status) };
  } catch {
    return {};
  }
}

function refusedEnd(
  error: unknown,
  exitCode: number,
  { kind, tag }: Asked,
  { serving, shut = [] }: Seen,
  durationMs: number,
): EventBody {
  const outcome = outcomeOf(exitCode);
  const isUnhinted = isSluiceError(error) && error.exitCode === outcomeExitCodes.failed && !error.hint;
  const next = outcome === "refused" && isUnhinted ? askCommand(kind, tag) : retryCommand(kind, { outcome, tag });
  return {
    type: "deployment-end",
    deployment: "",
    outcome,
    exitCode,
    release: "",
    tag,
    serving: serving ?? null,
    ...(serving === undefined ? { servingUnknown: true } : {}),
    ...(shut.length > 0 ? { shut } : {}),
    previous: null,
    durationMs,
    reason: isSluiceError(error) ? error.message : "internal error",
    ...(next ? { next } : {}),
  };
}

function outcomeOf(exitCode: number): Outcome {
  if (exitCode === 2 || exitCode === 10) return "refused";
  if (exitCode === 30) return "needs-person";
  return exitCode === interruptedExitCode ? "interrupted" : "failed";
}
