import type { ObservedContainer, SlotStatus } from "@sluice/core";
import type { StackStatus } from "@sluice/wiring";
import { withFlags } from "../given-flags.ts";
import type { Paint } from "./paint.ts";
import { formatSection, formatTable } from "./table.ts";
import { agoText, findingText, servingOf, servingText, unservedText } from "./words.ts";

/**
 * A stack for people: what serves first, then the parts, then what needs them.
 *
 * @param given options of the call for the commands that are proposed, as `givenFlags` has them
 */
export function statusText(status: StackStatus, now: Date, paint: Paint, given: string): string {
  const { stack, slots, doors, base, findings } = status;
  const serving = servingOf(status);
  const unserved = unservedText(status);
  const said =
    unserved ?? (serving === undefined ? "what serves is not known to this state home" : servingText(serving));
  return [
    `${paint("bold", stack)}  ${paint(unserved ? "red" : serving ? "green" : "yellow", said)}\n`,
    lastText(status, now),
    formatSection(
      "slots",
      formatTable(
        ["slot", "release", "state", "containers"],
        slots.map((slot) => [
          slot.slot,
          slot.tag ?? slot.release ?? "-",
          slotState(slot),
          containersText(slot.containers),
        ]),
      ),
    ),
    formatSection(
      "doors",
      formatTable(
        ["service", "state", "blue", "green", ""],
        doors.map(({ service, state, shares, reason }) => [
          service,
          state,
          `${shares.blue} %`,
          `${shares.green} %`,
          reason,
        ]),
      ),
    ),
    formatSection(
      "base",
      formatTable(
        ["service", "state", "containers"],
        base.map(({ service, state, containers }) => [service, state, containersText(containers)]),
      ),
    ),
    formatSection("findings", findings.map((finding) => `${withFlags(findingText(finding), given)}\n`).join("")),
    withFlags(underWayText(status, now, paint), given),
    withFlags(attentionText(status, now, paint), given),
  ].join("");
}

function lastText({ last }: StackStatus, now: Date): string {
  if (!last) return "no deployment yet\n";
  const { start, end } = last;
  const ended = end ? `${end.outcome}, ${agoText(end.at, now)}` : `begun ${agoText(start.at, now)}, no end`;
  return `last: ${start.kind} ${start.tag} ${ended}, by ${start.actor} (${start.reason})\n`;
}

function slotState({ live, candidate, warm, containers }: SlotStatus): string {
  if (live) return "active";
  if (candidate) return "candidate";
  if (warm) return "warm";
  if (containers.some(({ state }) => state === "running")) return "left running";
  return containers.length > 0 ? "stopped" : "empty";
}

/** `2 running (healthy), 1 exited (1)`. */
function containersText(containers: readonly ObservedContainer[]): string {
  const counts = new Map<string, number>();
  for (const container of containers) {
    const state = containerState(container);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts].map(([state, count]) => `${count} ${state}`).join(", ") || "-";
}

export function containerState({ state, health, exitCode, oomKilled }: ObservedContainer): string {
  if (state === "exited" || state === "dead") return `${state} (${oomKilled ? "out of memory" : exitCode})`;
  return health === "none" ? state : `${state} (${health})`;
}

function underWayText({ underWay }: StackStatus, now: Date, paint: Paint): string {
  if (!underWay) return "";
  const { kind, tag, since, step } = underWay;
  const begun = `${kind} ${tag} began ${agoText(since, now)}`;
  const state = step ? `, now at ${step.kind} ${step.target}` : "";
  return `\n${paint("yellow", `${begun}${state}${waitingText(underWay)}`)}\n`;
}

function waitingText({ paused, waitsForApproval, isAborted }: NonNullable<StackStatus["underWay"]>): string {
  if (isAborted) return ": it was told to abort";
  if (paused) {
    const why = paused.reason ? `: ${paused.reason}` : "";
    return `; paused by ${paused.actor}${why}: type \`sluice traffic resume\` or \`sluice traffic abort\``;
  }
  return waitsForApproval ? ": type `sluice traffic approve` or `sluice traffic abort`" : "";
}

function recoveryText({ canResume, canAbort, hint }: NonNullable<StackStatus["unfinished"]>): string {
  if (hint !== undefined) return `, and what was before it does not run: ${hint}`;
  if (!canAbort && !canResume)
    return ", and users reach its release, which was not stored: deploy a release, or type `sluice rollback`";
  if (!canAbort) return ", and its release is promoted: type `sluice resume` to finish it";
  if (!canResume) return ", and its release was not stored: type `sluice abort` to undo it";
  return ": type `sluice resume` to finish it or `sluice abort` to undo it";
}

function attentionText({ unfinished, lock }: StackStatus, now: Date, paint: Paint): string {
  const lines: string[] = [];
  if (unfinished) {
    const { deployment, tag, since } = unfinished;
    lines.push(`deployment ${deployment} (${tag}) of ${agoText(since, now)} has no end${recoveryText(unfinished)}`);
  }
  if (lock) {
    const { actor, pid, host, release, reason, since } = lock;
    lines.push(
      `locked by ${actor} (pid ${pid} on ${host}) since ${agoText(since, now)}: ${[release, reason].filter((part) => part !== "").join(", ")}`,
    );
  }
  return lines.map((line) => `\n${paint("yellow", line)}\n`).join("");
}
