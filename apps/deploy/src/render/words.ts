import {
  type ErrorCode,
  type Finding,
  formatDuration,
  formatPosition,
  isOfMachine,
  type Outcome,
  type ServiceFacts,
  type Serving,
  type SluiceEvent,
  type Verdict,
} from "@sluice/core";
import type { StackStatus } from "@sluice/wiring";
import { withFlags } from "../given-flags.ts";
import type { Story } from "./story.ts";

export type EventOf<Type extends SluiceEvent["type"]> = Extract<SluiceEvent, { type: Type }>;
export type DeploymentEnd = EventOf<"deployment-end">;

/** Of what Sluice has deployed: before that, plain Compose may serve. */
export function servingText(serving: Serving | null): string {
  if (!serving) return "no release serves";
  return `${serving.tag} serves (${serving.slot ?? "base"}, ${serving.share} %)`;
}

/** Of a release that users are led to, and do not reach: nothing of it runs that they come to, or no door of it; `null` where that is not so. */
export function unservedText({ serving, findings }: StackStatus): string | null {
  if (!serving) return null;
  const namesOf = (why: Finding["unserved"]) =>
    findings.flatMap(({ unserved, service }) => (unserved === why ? (service ?? "it") : [])).join(" and ");
  const [down, unreached] = [namesOf("down"), namesOf("unreached")];
  const why = [...(down ? [`nothing of ${down} runs`] : []), ...(unreached ? [`nobody reaches ${unreached}`] : [])];
  if (why.length === 0) return null;
  return shouldServeText(serving, why.join(", "));
}

function shouldServeText({ tag, slot, share }: Serving, why: string): string {
  return `${tag} should serve (${slot ?? "base"}, ${share} %), and ${why}`;
}

/** Services of which users get nothing, whatever should serve; all of them where a finding is of none. */
export function shutOf({ findings, doors }: StackStatus): readonly string[] {
  const all = doors.map(({ service }) => service);
  const unserved = findings.filter((finding) => finding.unserved !== undefined);
  return [...new Set(unserved.flatMap(({ service }) => service ?? all))];
}

/** What a status says of it; `undefined` where the record of who serves is elsewhere, and no slot tells. */
export function servingOf({ serving, findings }: StackStatus): Serving | null | undefined {
  return serving === null && findings.some(({ code }) => code === "home-mismatch") ? undefined : serving;
}

/** What serves at the end of a deployment, or that it is not known. */
export function servingNowText({ serving, servingUnknown, shut, outcome, undone, next }: DeploymentEnd): string {
  // What is left to the next run has changed something, and says what to type.
  const isUndone = outcome === "failed" || outcome === "refused" || (outcome === "interrupted" && next === undefined);
  const isAsBefore = serving === null && isUndone;
  if (!servingUnknown && serving && shut) {
    return shouldServeText(serving, `nobody reaches ${shut.join(" and ")}`);
  }
  if (!servingUnknown && serving && undone) return shouldServeText(serving, "does not");
  if (!servingUnknown) return `${servingText(serving)}${isAsBefore ? "; what served before is as it was" : ""}`;
  // What refused the one mostly keeps the other from being read.
  const whence = outcome === "refused" ? "once that is mended, `sluice status` tells" : "see `sluice status`";
  return `which version serves could not be read; ${whence}`;
}

export function findingText({ severity, code, message, hint, service, position }: Finding): string {
  const about = service && !message.includes(service) ? `${service}: ` : "";
  return `${severity} ${formatPosition(position)}${about}${message} [${code}]${hint ? `; ${hint}` : ""}`;
}

export function verdictText({ check, result, value, limit, n, p }: Verdict): string {
  return `${check}: ${result}, ${value} (limit ${limit}, n=${n}${p === undefined ? "" : `, p=${p.toPrecision(2)}`})`;
}

/** `ada paused it: lunch`. */
export function orderText({ order, actor, reason }: EventOf<"order">): string {
  return `${actor} ${orderVerbs[order]} it${reason ? `: ${reason}` : ""}`;
}

const orderVerbs = { approve: "approved", pause: "paused", resume: "resumed", abort: "aborted" } as const;

const sentences: Record<Outcome, (tag: string) => string> = {
  live: (tag) => `${tag} is live`,
  "nothing-to-do": (tag) => `${tag} is live already, nothing to do`,
  refused: () => "refused before any change",
  failed: (tag) => `${tag} failed before it took over`,
  "rolled-back": (tag) => `${tag} was rolled back: users are back at what served before`,
  "needs-person": (tag) => `${tag} could neither be finished nor undone: a person is needed`,
  interrupted: (tag) => `${tag} was interrupted`,
};

/** What a person decided, or nobody did, is no failure of the release. */
const decisions: Partial<Record<ErrorCode, string>> = { ABORTED: "was aborted", NOT_APPROVED: "was not approved" };

/** How it ended, in a sentence. */
export function outcomeText(end: DeploymentEnd): string {
  const { outcome, tag, durationMs, exitCode, code, undone } = end;
  const name = tag || "the deployment";
  const decided = code && decisions[code];
  const isAsked = outcome === "interrupted" && exitCode === 0;
  const sentence = isAsked
    ? `${name} was undone, as asked`
    : undone
      ? undoneText(name, end)
      : decided
        ? decidedText(end, `${name} ${decided}`)
        : null;
  return `${sentence ?? sentences[outcome](name)} (${formatDuration(durationMs)})`;
}

function undoneText(name: string, { shut }: DeploymentEnd): string {
  const what = shut ? "not all of what was before it serves" : "what was before it does not serve";
  return `${name} was undone, and ${what}: a person is needed`;
}

/** `null` where more is to be said than that somebody decided it. */
function decidedText({ outcome }: DeploymentEnd, decided: string): string | null {
  if (outcome === "failed") return `${decided} before users were led to it`;
  return outcome === "rolled-back" ? `${decided}: users are back at what served before` : null;
}

/** The command to type next, with the options that were given; empty when nothing is left to do, or nobody knows what was tried. */
export function nextCommand(
  { start, end }: { readonly start: EventOf<"deployment-start"> | null; readonly end: DeploymentEnd | null },
  given: string,
): string {
  if (!end) return "";
  return withFlags(end.next ?? (start ? retryCommand(start.kind, end) : ""), given);
}

/** The command that shows all that is kept of what a deployment's containers, jobs and build wrote; empty where nothing is. */
export function logsCommand(deployment: string, services: readonly string[], given: string): string {
  if (services.length === 0) return "";
  return withFlags(["sluice logs --deployment", deployment, ...services].join(" "), given);
}

/** What has to be done before that command can come to anything; empty where what failed may be the release itself. */
export function beforeNext({ end, errors }: Pick<Story, "end" | "errors">): string {
  if (end?.outcome !== "failed" && end?.outcome !== "rolled-back") return "";
  const cause = errors.findLast(({ message }) => message === end.reason) ?? errors.at(-1);
  return cause?.hint && isOfMachine(cause.code) ? cause.hint : "";
}

/** What tries again what failed, without options; empty where it did not fail, or has no tag. */
export function retryCommand(kind: string, { outcome, tag }: Pick<DeploymentEnd, "outcome" | "tag">): string {
  if ((outcome !== "failed" && outcome !== "rolled-back") || tag === "") return "";
  return kind === "rollback" ? askCommand(kind, tag) : `${askCommand(kind, tag)} --retry`;
}

/** What asks for a release once more, without options; empty where it has no tag. */
export function askCommand(kind: string, tag: string): string {
  if (tag === "") return "";
  return kind === "rollback" ? `sluice rollback ${tag}` : `sluice deploy --release ${tag}`;
}

/** `3s ago`, `5h ago`, `2d ago`. */
export function agoText(iso: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(iso)) / 1_000));
  if (seconds < 60) return `${seconds}s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h ago`;
  return `${Math.floor(seconds / 86_400)}d ago`;
}

/** What a service speaks, and at which ports something else: `http, tcp at 1883`. */
export function spokenText({ protocol, protocols = {} }: ServiceFacts): string {
  return [protocol, ...Object.entries(protocols).map(([port, spoken]) => `${spoken} at ${port}`)].join(", ");
}
