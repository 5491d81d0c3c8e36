import { told } from "@sluice/core";
import * as z from "zod";

/** One ending, what comes before it, or an alarm, for people and machines: plain data, the same for every channel. */
export const notificationSchema = z.lazy(() =>
  z.object({
    /** Equal for the same ending of the same deployment and for one word of the same alarm, however often it is told. */
    id: z.string().min(1),
    stack: z.string(),
    /** The attempt that ended; none where it was refused before it began. */
    deployment: z.string().optional(),
    /** Commit of the release, where it is known. */
    commit: z.string().optional(),
    outcome: z.enum(told),
    /** `deploy`, `rollback`, …; of an alarm what it is about: `checks`, `backup`, `drill`. */
    kind: z.string(),
    /** Tag of the release that it was about; empty where that is not known. */
    release: z.string(),
    /** Which version users reach; `null` where nothing serves, left out where it could not be seen. */
    serving: z
      .object({ release: z.string(), tag: z.string(), slot: z.string().nullable(), share: z.number() })
      .nullable()
      .optional(),
    /** Empty for an alarm, which nobody began. */
    actor: z.string(),
    /** Why it was begun; empty for an alarm. */
    reason: z.string(),
    /** Why it ended so; of an alarm what fails. */
    cause: z.string().optional(),
    /** When it ended: ISO 8601, UTC. */
    at: z.string(),
    durationMs: z.number().optional(),
    /** Since when an alarm lasts, or did: ISO 8601, UTC, and as people there say it. */
    since: z.object({ at: z.string(), text: z.string() }).optional(),
    /** When a deployment that is only planned is to begin: ISO 8601, UTC, and as people there say it. */
    plannedFor: z.object({ at: z.string(), text: z.string() }).optional(),
    /** How long its steps took, in order. */
    steps: z
      .array(z.object({ name: z.string(), durationMs: z.number() }))
      .readonly()
      .optional(),
    /** Where to read more. */
    link: z.string().optional(),
    /** The command to type next. */
    next: z.string().optional(),
  }),
);

export type Notification = Readonly<z.output<typeof notificationSchema>>;
