import { randomBytes } from "node:crypto";

/** A stack name that no other test run has: `PREFIX-` and 8 random characters, valid for Compose. */
export function uniqueStackName(prefix = "test"): string {
  return `${prefix}-${randomBytes(4).toString("hex")}`;
}
