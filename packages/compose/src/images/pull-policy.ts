import { isAskedAnew } from "@sluice/core";

/**
 * What a `pull_policy` asks of the registry: `anew` is pulled each time, and what the engine has is no stand-in where that fails;
 * `missing` is pulled as it is not there; `null` is not pulled. Pure.
 *
 * @see https://docs.docker.com/reference/compose-file/services/#pull_policy
 */
export function pullOf(policy: unknown, isThere: boolean): "anew" | "missing" | null {
  if (policy === "never" || policy === "build") return null;
  if (isAskedAnew(policy)) return "anew";
  return isThere ? null : "missing";
}
