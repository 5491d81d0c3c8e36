import * as z from "zod";
import { roles } from "../model/role.ts";
import { checkSchema } from "./check-schema.ts";
import { duration } from "./duration-schema.ts";

const share = z.number().min(0).max(100);

export const stepSchema = z.union([
  share.transform((percent) => ({ share: percent, for: 0 })),
  z.strictObject({ share, for: duration.default(0) }),
]);

export const serviceSchema = z.strictObject({
  role: z.enum(roles).optional(),
  strategy: z.enum(["slots", "recreate"]).optional(),
  /** Where the service listens inside its container. */
  port: z.int().min(1).max(65_535).optional(),
  protocol: z.enum(["http", "tcp"]).optional(),
  /** Path of the door's own health checks; without one the door checks that the port answers. */
  health: z.strictObject({ path: z.string().startsWith("/") }).optional(),
  /** Writable volumes and bind mounts of the service may be used by two versions at once. */
  sharedVolumes: z.boolean().optional(),
  /** Old and new workers may run at once. */
  overlap: z.boolean().optional(),
  startTimeout: duration.optional(),
});

const stickiness = z.union([
  z.enum(["cookie", "ip", "none"]),
  z.strictObject({ cookie: z.strictObject({ domain: z.string().optional() }) }),
  z.strictObject({ header: z.string().min(1) }),
]);

export const analysisSchema = z.strictObject({
  enabled: z.boolean().default(true),
  interval: duration.default(1_000),
  /** Requests of this time after a change of shares say nothing of latency; at most half of the step. */
  warmup: duration.default(10_000),
  minRequests: z.int().min(1).default(50),
  errors: z
    .strictObject({
      /** Percentage points more than the previous that are tolerated. */
      maxIncrease: z.number().min(0).max(100).default(1),
      /** Percent of errors that is never tolerated, whatever the previous does. */
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

export const configSchema = z.strictObject({
  services: z.record(z.string(), serviceSchema).default({}),
  checks: z.array(checkSchema).default([]),
  traffic: z
    .strictObject({
      sticky: stickiness.default("cookie"),
      drain: z.strictObject({ timeout: duration.default(30_000) }).prefault({}),
      proxyProtocol: z.strictObject({ in: z.boolean().default(false), out: z.boolean().default(false) }).prefault({}),
      image: z.string().default("sluice/door:3.0"),
    })
    .prefault({}),
  rollout: z
    .strictObject({
      steps: z
        .array(stepSchema)
        .min(1)
        .default([
          { share: 5, for: 30_000 },
          { share: 50, for: 30_000 },
          { share: 100, for: 0 },
        ])
        .refine((steps) => steps.at(-1)?.share === 100, "expected the last step to be 100")
        .refine(
          (steps) => steps.every((step, index) => index === 0 || step.share > (steps[index - 1]?.share ?? 0)),
          "expected shares that only grow",
        ),
      bake: duration.default(60_000),
      /** What becomes of the previous release after the bake: its web services go on running, or not. */
      keep: z.enum(["warm", "stopped", "removed"]).default("warm"),
    })
    .prefault({}),
  analysis: analysisSchema.prefault({}),
  releases: z
    .strictObject({
      keep: z.int().min(2).default(5),
      allowPrerelease: z.boolean().default(false),
    })
    .prefault({}),
  network: z
    .strictObject({
      /** Addresses that links and slot networks are taken from. */
      pool: z
        .string()
        .regex(/^\d+\.\d+\.\d+\.\d+\/\d+$/, "expected a network such as 10.213.0.0/16")
        .default("10.213.0.0/16"),
    })
    .prefault({}),
  preflight: z.strictObject({ minFreeDisk: z.int().min(0).default(1_073_741_824) }).prefault({}),
});

export type WrittenConfig = z.input<typeof configSchema>;
type WithoutEnvironments = z.output<typeof configSchema>;
/** The resolved configuration: all defaults filled in, durations in milliseconds. */
export type Config = Readonly<WithoutEnvironments>;
export type ServiceConfig = z.output<typeof serviceSchema>;
export type CheckConfig = z.output<typeof checkSchema>;
export type AnalysisConfig = z.output<typeof analysisSchema>;
