import * as z from "zod";
import { parseNetwork } from "../model/network.ts";

const network = z.lazy(() =>
  z
    .string()
    .refine(
      (text) => parseNetwork(text) !== undefined,
      "expected an address or a network such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32, without bits after its prefix",
    )
    .refine((text) => parseNetwork(text)?.prefix !== 0, "expected fewer addresses than all there are"),
);

/** A door compares each of them for each request. */
const networks = z.lazy(() => z.array(network).min(1).max(100));

/** Whoever sends this header or cookie with this value, or comes from one of these addresses, is a tester. */
export const testersSchema = z.lazy(() =>
  z
    .strictObject({
      by: z.enum(["header", "cookie"]).default("header"),
      name: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,64}$/, "expected a name of letters, digits, '_' and '-'")
        .optional(),
      value: z
        .string()
        .regex(/^[A-Za-z0-9_-]{8,128}$/, "expected 8 to 128 letters, digits, '_' and '-'")
        .optional(),
      addresses: networks.optional(),
      /** Whose word on a client's address, in `X-Forwarded-For`, is believed. Default: nobody's. */
      proxies: networks.optional(),
    })
    .superRefine(({ name, value, addresses, proxies }, context) => {
      const refuse = (message: string, ...path: string[]) => context.addIssue({ code: "custom", message, path });
      if (name !== undefined && value === undefined) refuse("expected a value too", "name");
      if (value !== undefined && name === undefined) refuse("expected a name too", "value");
      if (name === undefined && value === undefined && !addresses) refuse("expected name and value, or addresses");
      if (proxies && !addresses)
        refuse("expected addresses too: nothing else asks where a client comes from", "proxies");
    }),
);
