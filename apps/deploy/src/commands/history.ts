import { formatDuration, SluiceError } from "@sluice/core";
import type { AttemptRecord, CommandCall } from "../context.ts";
import { givenFlags } from "../given-flags.ts";
import { deploymentText } from "../render/deployment-text.ts";
import { writeJson } from "../render/json.ts";
import { formatSection, formatTable } from "../render/table.ts";
import { logsCommand } from "../render/words.ts";
import { withDeployer } from "../with-deployer.ts";

const shownByDefault = 20;

/**
 * `sluice history`: deployments, newest first, and the releases that one can go back to; with an id, what is recorded of
 * that deployment.
 *
 * @throws SluiceError USAGE when there is no such deployment
 */
export async function history(call: CommandCall<{ readonly limit?: number }>): Promise<number> {
  const { context, flags, args } = call;
  return withDeployer(call, async (deployer) => {
    const [id] = args;
    const count = flags.limit ?? shownByDefault;
    const [attempts, releases, kept] = await Promise.all([
      deployer.history(id === undefined ? count : undefined),
      deployer.releases(),
      deployer.keptLogs(),
    ]);
    const logsOf = (deployment: string) => kept.find((one) => one.deployment === deployment)?.services ?? [];
    const given = givenFlags(flags);
    if (id !== undefined) {
      const attempt = attempts.find(({ start }) => start.deployment === id);
      if (!attempt) throw unknownDeployment(id);
      const logs = logsOf(id);
      if (flags.json) writeJson(context, { ...detailsOf(attempt), logs });
      else context.stdout.write(deploymentText(attempt, logsCommand(id, logs, given)));
      return 0;
    }
    const shown = attempts.toReversed().slice(0, count);
    if (flags.json) {
      writeJson(context, {
        deployments: shown.map((attempt) => ({ ...summaryOf(attempt), logs: logsOf(attempt.start.deployment) })),
        releases: releases.map(({ id, tag, tags, commit, dirty, createdAt, broken }) => ({
          id,
          tag,
          tags,
          commit,
          dirty,
          createdAt,
          broken,
        })),
      });
      return 0;
    }
    const deployments = formatTable(
      ["begun", "deployment", "what", "outcome", "took", "by", "why"],
      shown.map((attempt) => {
        const { begun, deployment, kind, tag, outcome, durationMs, actor, reason, consents } = summaryOf(attempt);
        const took = durationMs === null ? "-" : formatDuration(durationMs);
        const why = [reason, ...consents.map((consent) => `consented to ${consent}`)].join("; ");
        return [begun, deployment, `${kind} ${tag}`, outcome ?? "no end", took, actor, why];
      }),
    );
    const stored = formatTable(
      ["release", "tags", "commit", "stored", ""],
      releases.map(({ id, tags, commit, dirty, createdAt, broken }) => [
        id,
        tags.join(" "),
        commit?.slice(0, 12) ?? "-",
        createdAt,
        [dirty ? "with uncommitted changes" : [], broken ? `broken: ${broken.reason}` : []].flat().join("; "),
      ]),
    );
    const readable = shown.flatMap(
      ({ start: { deployment } }) => logsCommand(deployment, logsOf(deployment), given) || [],
    );
    const logs = readable.map((command) => `${command}\n`).join("");
    const text =
      formatSection("deployments", deployments) + formatSection("logs", logs) + formatSection("releases", stored);
    context.stdout.write(text === "" ? "no deployment yet\n" : text.slice(1));
    return 0;
  });
}

function summaryOf({ start, end }: AttemptRecord) {
  return {
    deployment: start.deployment,
    kind: start.kind,
    tag: start.tag,
    begun: start.at,
    ended: end?.at ?? null,
    outcome: end?.outcome ?? null,
    serving: end?.serving ?? null,
    durationMs: end?.durationMs ?? null,
    actor: start.actor,
    reason: start.reason,
    consents: start.consents,
    ...(end?.reason ? { because: end.reason } : {}),
  };
}

function detailsOf(attempt: AttemptRecord) {
  const { start, outcomes } = attempt;
  return {
    ...summaryOf(attempt),
    origin: start.origin ?? null,
    modelChanges: start.modelChanges,
    steps: outcomes.map(({ at, step, result, durationMs, data, error }) => ({
      at,
      step,
      result,
      durationMs,
      data,
      error,
    })),
  };
}

function unknownDeployment(id: string): SluiceError {
  return new SluiceError("USAGE", `there is no deployment ${id}`, { hint: "sluice history lists them" });
}
