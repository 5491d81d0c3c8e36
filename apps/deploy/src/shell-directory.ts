import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { CommandContext } from "./context.ts";

/**
 * The working directory by the name that the shell has for it: after `cd` through a link that is in PWD, and Compose takes the
 * name of a project and its paths from there.
 */
export function shellDirectory({ cwd, env: { PWD } }: Pick<CommandContext, "cwd" | "env">): string {
  return PWD !== undefined && isAbsolute(PWD) && isSame(PWD, cwd) ? PWD : cwd;
}

function isSame(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    // PWD is what somebody has set.
    return false;
  }
}
