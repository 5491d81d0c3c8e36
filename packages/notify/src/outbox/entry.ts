import * as z from "zod";
import { notificationSchema } from "../message/notification.ts";

/**
 * One notification for one channel.
 *
 * - `waiting`: to be delivered by a later run
 * - `sending`: an attempt is under way, or the process ended during one
 * - `uncertain`: it left, and nobody knows whether it arrived; sent again only when a person asks for it
 * - `delivered`: kept without its text, so that it is not delivered twice
 * - `dropped`: nobody is to be told any more; kept without its text, so that no later run tells it
 */
export const entrySchema = z.lazy(() =>
  z.object({
    v: z.literal(1),
    /** Of the notification. */
    id: z.string(),
    channel: z.string(),
    state: z.enum(["waiting", "sending", "uncertain", "delivered", "dropped"]),
    stack: z.string(),
    release: z.string(),
    outcome: z.string(),
    /** ISO 8601, UTC. */
    createdAt: z.string(),
    updatedAt: z.string(),
    attempts: z.number(),
    /** Not to be tried before; ISO 8601, UTC. */
    notBefore: z.string().optional(),
    /** Why it is not delivered. */
    reason: z.string().optional(),
    /** Of several recipients those that have got it, as the configuration has them. */
    reached: z.array(z.string()).readonly().optional(),
    notification: notificationSchema.optional(),
  }),
);

export type OutboxEntry = Readonly<z.output<typeof entrySchema>>;

/** Whether somebody is still to be told of it. */
export function isUntold({ state }: Pick<OutboxEntry, "state">): boolean {
  return state !== "delivered" && state !== "dropped";
}
