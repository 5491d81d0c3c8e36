import { createHash, randomBytes } from "node:crypto";

const prefix = "building-";

/**
 * A tag that images carry while they are built, so that nothing takes them away. It tells whose build it is: the repositories
 * of stack `shop` may begin like those of `shop-staging`, which may build at the same time.
 */
export function passingTag(stack: string): string {
  return `${ofStack(stack)}${randomBytes(6).toString("hex")}`;
}

export function isPassing(tag: string): boolean {
  return tag.startsWith(prefix);
}

/** Whether a build of this very stack has set the tag. */
export function isPassingOf(stack: string, tag: string): boolean {
  return tag.startsWith(ofStack(stack));
}

function ofStack(stack: string): string {
  return `${prefix}${createHash("sha256").update(stack).digest("hex").slice(0, 8)}-`;
}
