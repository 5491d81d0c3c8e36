import * as z from "zod";
import { cookieDomain, plainEmail, plainHost, plainPath } from "../model/http-syntax.ts";
import { roles } from "../model/role.ts";
import { protocols } from "../model/service.ts";
import { windowsSchema } from "../windows/window-schema.ts";
import { bytes } from "./bytes-schema.ts";
import { checkSchema } from "./check-schema.ts";
import { databaseSchema } from "./database-schema.ts";
import { duration, lookInterval, timeSpan } from "./duration-schema.ts";
import { githubSchema } from "./github-schema.ts";
import { headerName } from "./http-schema.ts";
import { notifySchema } from "./notify-schema.ts";
import { promotionSchema } from "./promotion-schema.ts";
import { labelPrefix } from "./proxy-label-schema.ts";
import { isShare } from "./share.ts";
import { testersSchema } from "./testers-schema.ts";
import { sentrySchema, watchedKindNames } from "./watched-schema.ts";

const share = z.number().min(0).max(100);

export const stepSchema = z.union(
  [
    share.transform((percent): RolloutStep => ({ share: percent, for: 0, approval: false })),
    z.strictObject({
      share,
      for: duration.default(0),
      /** It begins only when a person has approved it. */
      approval: z.boolean().default(false),
    }),
  ],
  "expected percent of the users from 0 to 100, or a step such as { share: 50, for: 30s }",
);

/** A share of the users, and how long it is watched. */
export interface RolloutStep {
  /** Percent. */
  readonly share: number;
  /** Milliseconds. */
  readonly for: number;
  readonly approval: boolean;
}

const stepsSchema = z
  .array(stepSchema)
  .min(1)
  .refine((steps) => steps.at(-1)?.share === 100, "expected the last step to be 100")
  .refine(
    (steps) => steps.every((step, index) => index === 0 || step.share > (steps[index - 1]?.share ?? 0)),
    "expected shares that only grow",
  )
  .refine((steps) => steps.every((step) => isShare(step.share)), "expected shares in steps of 0.01");

export const serviceSchema = z.strictObject({
  role: z.enum(roles).optional(),
  strategy: z.enum(["slots", "recreate"]).optional(),
  /** Where the service listens inside its container. */
  port: z.int().min(1).max(65_535).optional(),
  /** `h2` is HTTP/2 without TLS, which gRPC needs. One for all ports, or by port, inside the container. */
  protocol: z
    .union(
      [z.enum(protocols), z.record(z.string().regex(/^[1-9]\d{0,4}$/), z.enum(protocols))],
      "expected http, h2 or tcp, or one for each port such as { 8080: http, 1883: tcp }",
    )
    .optional(),
  /** Path of the door's own health checks; without one the door checks that the port answers. */
  health: z
    .strictObject({
      path: z.string().regex(plainPath, "expected a plain path such as /healthz"),
      /** Whom the door asks for, as `Host`. Default: `localhost`. */
      host: z.string().regex(plainHost, "expected the name of a host such as shop.example.com").optional(),
    })
    .optional(),
  /** HTTPS that ends at the door, with certificates that it gets by itself. */
  https: z
    .strictObject({
      hosts: z
        .array(z.string().regex(/^(?:[a-z0-9-]+\.)*[a-z0-9-]+$/, "expected a name such as shop.example.com"))
        .min(1),
      /** Of the container: the compose file publishes it, as `443:8443`. */
      port: z.int().min(1).max(65_535).default(8443),
      issuer: z.enum(["acme", "internal"]).default("acme"),
      email: z.email().regex(plainEmail, "expected an address such as admin@example.com").optional(),
    })
    .optional(),
  /** Writable volumes and bind mounts of the service may be used by two versions at once. */
  sharedVolumes: z.boolean().optional(),
  /** Old and new workers may run at once. */
  overlap: z.boolean().optional(),
  startTimeout: timeSpan.optional(),
});

const domainName = z.string().regex(cookieDomain, "expected a domain such as example.com");
const stickiness = z.union(
  [
    z.enum(["cookie", "ip", "none"]),
    z.strictObject({ cookie: z.strictObject({ domain: domainName.optional() }) }),
    z.strictObject({ header: headerName }),
  ],
  "expected cookie, ip, none, { cookie: { domain: example.com } } or { header: x-session }",
);

export const analysisSchema = z.strictObject({
  enabled: z.boolean().default(true),
  interval: lookInterval.default(1_000),
  /** Requests of this time after a change of shares say nothing of latency; at most half of the step. */
  warmup: duration.default(10_000),
  minRequests: z.int().min(1).default(50),
  /** What becomes of a step or a bake whose errors cannot be judged at its end. */
  onNoData: z.enum(["proceed", "extend", "pause", "synthetic"]).default("proceed"),
  errors: z
    .strictObject({
      /** Percentage points more than the previous that are tolerated. */
      maxIncrease: z.number().min(0).max(100).default(1),
      /** Percent of errors that is never tolerated, whatever the previous does and whoever met them. */
      max: z.number().min(0).max(100).optional(),
    })
    .prefault({}),
  latency: z
    .strictObject({
      /** p95 of the candidate by p95 of the previous. */
      maxRatio: z.number().min(1).default(1.5),
      /** Below this p95 nothing is slow. */
      floor: duration.default(200),
    })
    .prefault({}),
});

const settings = z.strictObject({
  services: z.record(z.string(), serviceSchema).default({}),
  checks: z.array(checkSchema).default([]),
  traffic: z
    .strictObject({
      sticky: stickiness.default("cookie"),
      /** Who reaches a proven candidate before its share lets them. Default: nobody. */
      testers: testersSchema.optional(),
      drain: z.strictObject({ timeout: duration.default(30_000) }).prefault({}),
      proxyProtocol: z.strictObject({ in: z.boolean().default(false), out: z.boolean().default(false) }).prefault({}),
      /** Beginnings of the names of labels by which a proxy finds services that is not known: doors get them, slots do not. */
      proxyLabels: z.array(labelPrefix).default([]),
      /** What the doors are made of. */
      driver: z.enum(["haproxy", "caddy"]).default("haproxy"),
      /** Default: see `doorImage`. */
      image: z.string().min(1).optional(),
    })
    .prefault({}),
  rollout: z
    .strictObject({
      /** `auto`: chosen by how many requests the doors counted in the last hour. */
      steps: z
        .union(
          [z.literal("auto"), stepsSchema],
          "expected auto, or a list of steps such as [5, { share: 50, for: 30s }, 100]",
        )
        .default([
          { share: 5, for: 30_000, approval: false },
          { share: 50, for: 30_000, approval: false },
          { share: 100, for: 0, approval: false },
        ]),
      /** What a bad verdict does once users have met the candidate: takes them back, or leaves that to a person. */
      onFail: z.enum(["rollback", "pause"]).default("rollback"),
      /** How a person is waited for: at a step that needs approval, and while a deployment is paused. */
      approval: z
        .strictObject({
          timeout: timeSpan.default(3_600_000),
          onTimeout: z.enum(["rollback", "proceed"]).default("rollback"),
        })
        .prefault({}),
      bake: duration.default(60_000),
      /** What becomes of the previous release after the bake: its web services go on running, or not. */
      keep: z.enum(["warm", "stopped", "removed"]).default("warm"),
      /** Memory of the engine's machine that must be available for the previous to stay warm. Default: see `leastMemory`. */
      minFreeMemory: bytes("0b").optional(),
    })
    .prefault({}),
  analysis: analysisSchema.prefault({}),
  releases: z
    .strictObject({
      keep: z.int().min(2).default(5),
      allowPrerelease: z.boolean().default(false),
    })
    .prefault({}),
  /** Absent: no deployment takes a backup; `sluice db` still finds a database that is the only one. */
  database: databaseSchema.optional(),
  network: z
    .strictObject({
      /** Addresses that links and slot networks are taken from. */
      pool: z
        .string()
        .regex(/^\d+\.\d+\.\d+\.\d+\/\d+$/, "expected a network such as 10.213.0.0/16")
        .default("10.213.0.0/16"),
    })
    .prefault({}),
  preflight: z.strictObject({ minFreeDisk: bytes("0b").default(1_073_741_824) }).prefault({}),
  windows: windowsSchema.prefault({}),
  notify: notifySchema.prefault({}),
  github: githubSchema.prefault({}),
  /** Absent: releases are built here. */
  promotion: promotionSchema.optional(),
  /** Absent: nothing is asked of Sentry, and nothing told. */
  sentry: sentrySchema.optional(),
});

export const configSchema = settings.superRefine(({ checks, sentry }, context) => {
  for (const [index, check] of checks.entries()) {
    if (check.interval === undefined || watchedKindNames.some((kind) => check[kind] !== undefined)) continue;
    const message = `expected only beside ${watchedKindNames.join(", ")}: no other check looks again and again`;
    context.addIssue({ code: "custom", message, path: ["checks", index, "interval"] });
  }
  const index = checks.findIndex((check) => check.sentry !== undefined);
  if (index < 0 || sentry) return;
  const message = "expected a section sentry that says where Sentry is";
  context.addIssue({ code: "custom", message, path: ["checks", index, "sentry"] });
});

export type WrittenConfig = z.input<typeof configSchema>;
type WithoutEnvironments = z.output<typeof configSchema>;
/** The resolved configuration: all defaults filled in, durations in milliseconds. */
export type Config = Readonly<WithoutEnvironments>;
export type ServiceConfig = z.output<typeof serviceSchema>;
export type CheckConfig = z.output<typeof checkSchema>;
export type AnalysisConfig = z.output<typeof analysisSchema>;
