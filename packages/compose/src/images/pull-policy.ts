/**
 * What a `pull_policy` asks of the registry: `anew` is pulled each time, and what the engine has is no stand-in where that fails;
 * `missing` is pulled as it is not there; `null` is not pulled. Pure.
 *
 * @see https://docs.docker.com/reference/compose-file/services/#pull_policy
 */
export function pullOf(policy: unknown, isThere: boolean): "anew" | "missing" | null {
  if (policy === "never" || policy === "build") return null;
  if (policy === "always" || isRefreshed(policy)) return "anew";
  return isThere ? null : "missing";
}

/**
 * `daily`, `weekly`, `every_<duration>`. Compose counts from when the engine last gave the image a name, which each deployment does
 * for its release: with more than one a day a daily image would never be pulled, so every deployment asks.
 */
function isRefreshed(policy: unknown): boolean {
  return typeof policy === "string" && /^(?:daily$|weekly$|every_)/.test(policy);
}
