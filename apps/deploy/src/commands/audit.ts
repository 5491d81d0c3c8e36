import type {
  AnchoredAudit,
  ApprovalsRecord,
  DatabaseRecord,
  Deployer,
  PlanRecord,
  UpkeepRecord,
} from "@sluice/wiring";
import type { AttemptRecord, CommandCall } from "../context.ts";
import { writeJson } from "../render/json.ts";
import { formatTable } from "../render/table.ts";
import { withDeployer } from "../with-deployer.ts";

const brokenExitCode = 30;

/** `sluice audit verify`: whether the record is complete and as it was written. */
export async function auditVerify(call: CommandCall<{ readonly github?: boolean }>): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const report = await deployer.audit();
    const github = flags.github ? await deployer.anchors(context.signal) : null;
    const { records, problems } = report;
    const ok = report.ok && !(github && github.problems.length > 0);
    if (flags.json) writeJson(context, { ...report, ok, ...(github ? { github } : {}) });
    else if (report.ok) context.stdout.write(`${records} records, the chain holds\n`);
    else {
      context.stdout.write(`${records} records, the chain is broken:\n`);
      const rows = problems.map(({ line, seq, kind, message }) => [String(line), String(seq), kind, message]);
      context.stdout.write(formatTable(["line", "record", "problem", ""], rows));
      context.stdout.write(
        "next: compare with an export of the state that you trust, and find out who could write there; " +
          "where a line is not a record: sluice state import ARCHIVE --replace, or without an export sluice state rebuild --replace\n",
      );
    }
    if (github && !flags.json) context.stdout.write(anchorsText(github));
    return ok ? 0 : brokenExitCode;
  });
}

function anchorsText({ anchors, problems, lost }: AnchoredAudit): string {
  if (anchors === 0) return "GitHub holds nothing of it: github.anchor is off, or was until the last deployment\n";
  const fitting = anchors - problems.length - (lost?.anchors ?? 0);
  const next = "next: the record was rewritten or cut; compare with an export of the state that you trust\n";
  return [
    lost ? lostText(lost) : "",
    ...problems.map((problem) => `on GitHub: ${problem}\n`),
    problems.length > 0 ? next : fitting > 0 ? `${fitting} deployments on GitHub hold ends of it, and all fit\n` : "",
  ].join("");
}

function lostText({ anchors, by }: NonNullable<AnchoredAudit["lost"]>): string {
  const held = `${anchors} deployments hold ends that no record has here`;
  const why = `${changeText(by)}: ${by.reason}`;
  return `on GitHub: ${held}; record ${by.seq} by ${by.actor} of ${by.at} says why: ${why}; if nobody did that, the record was rewritten\n`;
}

/** `sluice audit show`: who did what and why, in order. */
export async function auditShow(call: CommandCall): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const [attempts, changes, backups, approvals, plans, upkeep] = await Promise.all([
      deployer.history(),
      deployer.stateChanges(),
      deployer.database.records(),
      deployer.approvals(),
      deployer.announcements(),
      deployer.upkeep(),
    ]);
    const lines = [
      ...attempts.flatMap(auditLines),
      ...changes.map(changeLine),
      ...backups.map(backupLine),
      ...approvals.map(approvalLine),
      ...plans.map(planLine),
      ...upkeep.map(upkeepLine),
    ].toSorted((a, b) => a.seq - b.seq);
    if (flags.json) writeJson(context, { records: lines });
    else {
      const rows = lines.map(({ seq, at, actor, deployment, what }) => [String(seq), at, actor, deployment, what]);
      context.stdout.write(
        rows.length > 0 ? formatTable(["record", "at", "by", "deployment", "what"], rows) : "no records\n",
      );
    }
    return 0;
  });
}

type StateChange = Awaited<ReturnType<Deployer["stateChanges"]>>[number];

interface AuditLine {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly deployment: string;
  readonly what: string;
  readonly hash: string;
}

function changeLine(change: StateChange): AuditLine {
  const { seq, at, hash, actor, reason } = change;
  return { seq, at, hash, actor, deployment: "-", what: `${changeText(change)}: ${reason}` };
}

function changeText(change: StateChange): string {
  if (change.type === "state-imported") return `the state was imported from home ${change.from}`;
  const before = change.previousHome === null ? "" : `, with home ${change.previousHome}`;
  return `the state was rebuilt: the record before it is lost${before}`;
}

function approvalLine({ seq, at, hash, deployment, environment, pulls, ...record }: ApprovalsRecord): AuditLine {
  const people = environment.map(({ by, state, comment }) => `${state} by ${by}${comment && ` (${comment})`}`);
  const requests = pulls.map(({ number, author, approvedBy }) => {
    return `#${number} by ${author}, ${approvedBy.length > 0 ? `approved by ${approvedBy.join(", ")}` : "not approved"}`;
  });
  const { direct = [], unasked = 0, incomparable } = record;
  const commits = (count: number, what: string) =>
    count > 0 ? [`${count} ${count === 1 ? "commit" : "commits"} ${what}`] : [];
  const others = [
    ...commits(direct.length, "came by no pull request"),
    ...commits(unasked, "not asked for, as there were too many"),
    ...(incomparable === undefined
      ? []
      : [`GitHub could not compare it with ${incomparable.slice(0, 7)}, which served`]),
  ];
  const what = [...people, ...requests, ...others].join("; ") || "no reviews are known";
  return { seq, at, hash, actor: "GitHub", deployment, what: `reviews: ${what}` };
}

function planLine({ seq, at, hash, actor, tag, plannedFor, reason, consents }: PlanRecord): AuditLine {
  const consent = consents.length > 0 ? `, consented to ${consents.join(", ")}` : "";
  return { seq, at, hash, actor, deployment: "-", what: `announces ${tag} for ${plannedFor}: ${reason}${consent}` };
}

function upkeepLine(record: UpkeepRecord): AuditLine {
  const { seq, at, hash, actor } = record;
  const what =
    record.type === "releases-pruned"
      ? `removes releases by prune: ${record.releases.join(", ")}`
      : `drops what ${record.channel} was to be told: ${record.notifications.join(", ")}`;
  return { seq, at, hash, actor, deployment: "-", what };
}

function backupLine({ seq, at, actor, hash, ...record }: DatabaseRecord): AuditLine {
  const { action, result, backup, reason, error, removed } = record;
  const about = [backup ?? "", ...removed].filter((id) => id !== "").join(", ");
  const why = error ?? (result === "begun" ? reason : "");
  return {
    seq,
    at,
    actor,
    hash,
    deployment: "-",
    what: `database ${action} ${result}${about && ` ${about}`}${why && `: ${why}`}`,
  };
}

function auditLines({ start, outcomes, orders, end }: AttemptRecord): readonly AuditLine[] {
  const { actor, deployment, kind, tag, reason, consents, modelChanges } = start;
  const line = ({ seq, at, hash }: { seq: number; at: string; hash: string }, what: string): AuditLine => ({
    seq,
    at,
    actor,
    deployment,
    what,
    hash,
  });
  const consent = consents.length > 0 ? `, consented to ${consents.join(", ")}` : "";
  return [
    line(start, `begins ${kind} ${tag}: ${reason}${consent}${changesText(modelChanges)}`),
    ...outcomes.map((outcome) =>
      line(outcome, `${outcome.step} ${outcome.result}${outcome.error ? `: ${outcome.error.message}` : ""}`),
    ),
    ...orders.map((given) => ({ ...line(given, orderLine(given)), actor: given.actor })),
    ...(end ? [line(end, `ends ${end.outcome}${end.reason ? `: ${end.reason}` : ""}`)] : []),
  ];
}

/** How much; `sluice history ID` shows what. */
function changesText(changes: AttemptRecord["start"]["modelChanges"]): string {
  const count = changes ? changes.listed.length + changes.omitted : 0;
  return count === 0 ? "" : `, ${count} ${count === 1 ? "change" : "changes"} to the compose model`;
}

function orderLine({ order, step, reason }: AttemptRecord["orders"][number]): string {
  return `${order}${step ? ` at ${step}` : ""}${reason ? `: ${reason}` : ""}`;
}
