import { formatDuration, type Told } from "@sluice/core";
import type { Notification } from "./notification.ts";
import { oneLine, safeLink } from "./text.ts";

/** What every channel shows, each in its own way: plain text, nothing of it escaped yet. */
export interface Message {
  readonly tone: "good" | "bad" | "attention";
  readonly title: string;
  readonly facts: readonly Fact[];
  /** http or https, and safe inside a link. */
  readonly link?: string | undefined;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** Texts by ending, with `{stack}` and the other fields in braces. */
export interface Templates {
  /** What is not given has a title of its own. */
  readonly titles?: Readonly<Partial<Record<Told, string>>> | undefined;
  /** The last fact of a message, such as where the runbook is. Default: none. */
  readonly notes?: Readonly<Partial<Record<Told, string>>> | undefined;
}

const defaultTitles: Readonly<Record<Told, string>> = {
  planned: "{stack}: {release} is going to be deployed",
  begun: "{stack}: {release} is being deployed",
  live: "{stack}: {release} is live",
  failed: "{stack}: {release} failed before it took over",
  "rolled-back": "{stack}: {release} was rolled back: users are back at what served before",
  "needs-person": "{stack}: {release} needs a person",
  interrupted: "{stack}: {release} was interrupted",
  "window-closed": "{stack}: {release} was refused, the window is closed",
  "waits-for-person": "{stack}: {release} waits for a person",
  "checks-failed": "{stack}: checks of what serves fail",
  "checks-mended": "{stack}: checks of what serves pass again",
  "backup-failed": "{stack}: the backup failed",
  "backup-mended": "{stack}: backups succeed again",
};

const signs: Readonly<Record<Told, string>> = {
  planned: "📅",
  begun: "🚧",
  live: "✅",
  failed: "❌",
  "rolled-back": "↩️",
  "needs-person": "🆘",
  interrupted: "⏸️",
  "window-closed": "🔒",
  "waits-for-person": "🙋",
  "checks-failed": "🚨",
  "checks-mended": "💚",
  "backup-failed": "🚨",
  "backup-mended": "💚",
};

const tones: Readonly<Record<Told, Message["tone"]>> = {
  planned: "attention",
  begun: "attention",
  live: "good",
  failed: "bad",
  "rolled-back": "bad",
  "needs-person": "bad",
  interrupted: "attention",
  "window-closed": "attention",
  "waits-for-person": "attention",
  "checks-failed": "bad",
  "checks-mended": "good",
  "backup-failed": "bad",
  "backup-mended": "good",
};

/** Longer values are cut: every service has a limit, and a chat is not a log. */
const longestValue = 400;
const longestTitle = 140;
const shownSteps = 3;

/** The message of a notification. Pure: the same in, the same out. */
export function toMessage(notification: Notification, { titles = {}, notes = {} }: Templates = {}): Message {
  const { outcome, link } = notification;
  const title = fill(titles[outcome] ?? defaultTitle(notification), notification);
  const note = fill(notes[outcome] ?? "", notification);
  return {
    tone: tones[outcome],
    title: `${signs[outcome]} ${oneLine(title, longestTitle)}`,
    facts: factsOf(notification, note),
    link: safeLink(link),
  };
}

function defaultTitle({ outcome, kind }: Notification): string {
  if (kind === "drill" && outcome === "backup-failed") return "{stack}: a backup could not be proven";
  if (kind === "drill" && outcome === "backup-mended") return "{stack}: backups can be proven again";
  if (kind === "rollback" && outcome === "live") return "{stack}: back to {release}";
  return kind === "rollback" && outcome === "begun" ? "{stack}: going back to {release}" : defaultTitles[outcome];
}

function factsOf(notification: Notification, note: string): readonly Fact[] {
  const { plannedFor, since, cause, actor, reason, durationMs, steps = [], next } = notification;
  const slowest = steps.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, shownSteps);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["When", plannedFor?.text],
    ["Since", since?.text],
    ["Serving", saysWhatServes(notification) ? servingText(notification) : undefined],
    ["Cause", cause],
    ["By", actor],
    ["Reason", reason],
    [since ? "Lasted" : "Took", durationMs === undefined ? undefined : formatDuration(durationMs)],
    ["Longest steps", slowest.map((step) => `${step.name} ${formatDuration(step.durationMs)}`).join(", ")],
    ["Next", next],
    ["Note", note],
  ];
  return facts.flatMap(([label, value]) => (value ? [{ label, value: oneLine(value, longestValue) }] : []));
}

/** What is planned, was refused, or has only begun, changed nothing of what serves, nor did a backup; what waits is between two versions. */
const silentOnServing: readonly Told[] = [
  "planned",
  "window-closed",
  "begun",
  "waits-for-person",
  "backup-failed",
  "backup-mended",
];

function saysWhatServes({ outcome }: Notification): boolean {
  return !silentOnServing.includes(outcome);
}

function servingText({ serving }: Notification): string {
  if (serving === undefined) return "could not be read";
  return serving ? `${serving.tag} (${serving.slot ?? "base"}, ${serving.share} %)` : "no release";
}

function fill(template: string, notification: Notification): string {
  const { stack, outcome, kind, actor, reason } = notification;
  const release = notification.release || "a deployment";
  const values: Readonly<Record<string, string>> = {
    stack,
    release,
    outcome,
    kind,
    actor,
    reason,
    serving: servingText(notification),
  };
  return template.replaceAll(/\{([a-z]+)\}/g, (all, name: string) => values[name] ?? all);
}
