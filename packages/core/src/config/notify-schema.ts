import * as z from "zod";
import { parseDuration } from "./duration.ts";
import { textWithVariables } from "./reference-schema.ts";
import { hasReference } from "./references.ts";

/**
 * What people can be told of: the endings of a deployment that was begun, one that the window refused, and one that
 * waits for an approval or, paused by a verdict, for a decision.
 */
export const endings = [
  "live",
  "failed",
  "rolled-back",
  "needs-person",
  "interrupted",
  "window-closed",
  "waits-for-person",
] as const;
export type Ending = (typeof endings)[number];
/** What can go wrong between deployments: checks of what serves, and backups or their proof. */
export const alarms = ["checks-failed", "backup-failed"] as const;
export type Alarm = (typeof alarms)[number];
/** What a channel can ask for: endings and alarms, that one is planned, and that a deployment has begun. */
export const tellable = ["planned", "begun", ...endings, ...alarms] as const;
export type Tellable = (typeof tellable)[number];
/** What a message can be of: ends of alarms, too. No channel asks for one, as whoever is told of an alarm is told of its end. */
export const told = [...tellable, "checks-mended", "backup-mended"] as const;
export type Told = (typeof told)[number];

const alarmOf: Readonly<Partial<Record<Told, Alarm>>> = {
  "checks-mended": "checks-failed",
  "backup-mended": "backup-failed",
};

/** Whether a channel that asked for these is told of it. */
export function isAskedFor(on: readonly Tellable[], outcome: Told): boolean {
  const asked = alarmOf[outcome] ?? outcome;
  return on.some((one) => one === asked);
}

/** What a title or a note may name in braces. */
export const templateFields = ["stack", "release", "outcome", "kind", "actor", "reason", "serving"] as const;

const text = textWithVariables("SLACK_WEBHOOK_URL");
const url = text.refine(
  (value) => hasReference(value) || /^https?:\/\/[^/\s]+/.test(value),
  "expected an http or https address, or a reference such as ${env:SLACK_WEBHOOK_URL}",
);
/** Of titles and notes. */
const template = z
  .string()
  .min(1)
  .refine(
    (value) => [...value.matchAll(/\{([^{}]*)\}/g)].every(([, name]) => templateFields.some((field) => field === name)),
    `expected only ${templateFields.map((field) => `{${field}}`).join(", ")} in braces`,
  );
const duration = z
  .string()
  .refine((value) => (parseDuration(value) ?? 0) > 0, "expected a duration such as 10s")
  .transform((value) => parseDuration(value) ?? 0);

const emailSchema = z.lazy(() =>
  z
    .strictObject({
      host: text,
      port: z.int().min(1).max(65_535).default(587),
      /** starttls: refused where the server cannot; implicit: from the first byte, mostly on 465; none: in clear. */
      tls: z.enum(["starttls", "implicit", "none"]).default("starttls"),
      user: text.optional(),
      password: text.optional(),
      from: text,
      to: z.array(text).min(1),
    })
    .refine(
      ({ user, password }) => (user === undefined) === (password === undefined),
      "expected user and password both",
    ),
);

const kinds = ["webhook", "slack", "teams", "feishu", "dingtalk", "wecom", "email"] as const;

export const channelSchema = z.lazy(() =>
  z
    .strictObject({
      /** What it is told of; default: every ending and alarm, and what is planned. */
      on: z
        .array(z.enum(tellable))
        .min(1)
        .default(["planned", ...endings, ...alarms]),
      webhook: z.strictObject({ url, secret: textWithVariables("WEBHOOK_SECRET") }).optional(),
      slack: z.strictObject({ url }).optional(),
      teams: z.strictObject({ url }).optional(),
      feishu: z.strictObject({ url, secret: text.optional() }).optional(),
      dingtalk: z.strictObject({ url, secret: text.optional() }).optional(),
      wecom: z.strictObject({ url }).optional(),
      email: emailSchema.optional(),
    })
    .refine(
      (channel) => kinds.filter((kind) => channel[kind] !== undefined).length === 1,
      `expected exactly one of ${kinds.join(", ")}`,
    ),
);

export const notifySchema = z.strictObject({
  /** All that telling people may add to a deployment. */
  timeout: duration.default(10_000),
  titles: z.partialRecord(z.enum(told), template).default({}),
  /** What a team adds to a message, such as where its runbook is. */
  notes: z.partialRecord(z.enum(told), template).default({}),
  channels: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "expected a name of lower-case letters, digits and hyphens"),
      channelSchema,
    )
    .default({}),
});

export type NotifyConfig = Readonly<z.output<typeof notifySchema>>;
export type ChannelConfig = NotifyConfig["channels"][string];
