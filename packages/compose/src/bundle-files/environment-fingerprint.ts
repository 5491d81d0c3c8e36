import { createHmac } from "node:crypto";
import type { ComposeModel } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";

/** Keyed hashes (HMAC-SHA256, hexadecimal) of all environment values, by `service.NAME`; tells which differ, not what they are. */
export function environmentFingerprint(
  model: ComposeModel,
  key: string | Uint8Array,
): Readonly<Record<string, string>> {
  const entries = Object.entries(model.services).flatMap(([service, { environment = {} }]) =>
    Object.entries(environment).map(([name, value]) => {
      // A variable without a value is not the same as an empty one.
      const hashed = value === null ? "unset" : `=${unescapeDollars(value)}`;
      return [`${service}.${name}`, createHmac("sha256", key).update(hashed).digest("hex")] as const;
    }),
  );
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
