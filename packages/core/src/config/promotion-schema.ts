import * as z from "zod";
import { duration } from "./duration-schema.ts";

/** Where the releases of an environment prove themselves first: their very images are taken, and nothing is built. */
export const promotionSchema = z.lazy(() =>
  z.strictObject({
    /** The stack whose images are taken, on this machine. */
    stack: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,47}$/, "expected the name of a stack such as shop-staging"),
    /** Its environment of this configuration. */
    environment: z.string().min(1).optional(),
    /** Default: as for any stack of that name. */
    stateHome: z.string().startsWith("/", "expected an absolute path").optional(),
    /** How long it must have served all users there. */
    minimumTime: duration.default(1_800_000),
  }),
);

export type PromotionConfig = Readonly<z.output<typeof promotionSchema>>;
