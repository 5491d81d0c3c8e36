import { SluiceError } from "@sluice/core";
import { createKeptLogs, type KeptLog, type KeptLogs } from "@sluice/journal";
import type { KeptLogsView, LogLine, LogOptions } from "../deployer.ts";
import type { Session } from "../session.ts";
import { isErrorLine } from "../watch/log-errors.ts";

/** Deployments whose logs are kept, newest first, with the services that they are of. What cannot be read is none: the record is shown without. */
export async function readKeptLogs(session: Session): Promise<readonly KeptLogsView[]> {
  const kept = createKeptLogs(await session.home());
  const deployments = (await kept.deployments().catch(() => [])).toReversed();
  const views = deployments.map(async (deployment) => ({
    deployment,
    services: namesIn(await kept.of(deployment).catch(() => [])),
  }));
  return (await Promise.all(views)).filter(({ services }) => services.length > 0);
}

/**
 * Lines that are kept of a deployment, one container, job or build after the other. They were masked when they were written; what
 * has become known to be secret since is masked too.
 *
 * @throws SluiceError LOGS_UNKNOWN where nothing is kept of it; USAGE for a service that nothing is kept of
 */
export async function* readDeploymentLogs(
  session: Pick<Session, "home" | "redact">,
  deployment: string,
  services: readonly string[],
  options: Pick<LogOptions, "tail" | "errors" | "signal"> = {},
): AsyncGenerator<LogLine> {
  const kept = createKeptLogs(await session.home());
  const logs = await kept.of(deployment);
  if (logs.length === 0) throw await nothingKept(kept, deployment);
  const names = namesIn(logs);
  const unknown = services.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new SluiceError("USAGE", `nothing is kept of ${JSON.stringify(unknown)} in deployment ${deployment}`, {
      hint: `kept are: ${names.join(", ")}`,
    });
  }
  for (const log of logs) {
    if (services.length > 0 && !services.includes(log.origin.service)) continue;
    for await (const line of linesOf(log, options)) yield { ...line, text: session.redact(line.text) };
  }
}

const cutText = "[sluice: what is older is left out: only the newest of a long log is kept]";

async function* linesOf(
  log: KeptLog,
  { tail = Number.POSITIVE_INFINITY, errors = false, signal }: Pick<LogOptions, "tail" | "errors" | "signal">,
): AsyncGenerator<LogLine> {
  const { origin, isCut } = log;
  const last: LogLine[] = [];
  if (isCut && tail === Number.POSITIVE_INFINITY) yield { ...origin, stream: "stderr", text: cutText };
  for await (const { stream, text } of log.lines()) {
    if (signal?.aborted) return;
    if (errors && !isErrorLine(text)) continue;
    const line = { ...origin, stream, text };
    if (tail === Number.POSITIVE_INFINITY) yield line;
    else if (last.push(line) > tail) last.shift();
  }
  yield* last;
}

async function nothingKept(kept: KeptLogs, deployment: string): Promise<SluiceError> {
  const others = (await kept.deployments()).toReversed();
  return new SluiceError("LOGS_UNKNOWN", `no logs of deployment ${deployment} are kept`, {
    hint:
      others.length > 0
        ? `there are some of ${others.join(", ")}`
        : "those of a deployment that fails are kept, until newer ones take their place",
  });
}

function namesIn(logs: readonly KeptLog[]): readonly string[] {
  return [...new Set(logs.map(({ origin }) => origin.service))];
}
