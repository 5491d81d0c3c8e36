import { randomBytes } from "node:crypto";

const prefix = "building-";

/** A tag that images carry while they are built, so that nothing takes them away. */
export function passingTag(): string {
  return `${prefix}${randomBytes(6).toString("hex")}`;
}

export function isPassing(tag: string): boolean {
  return tag.startsWith(prefix);
}
