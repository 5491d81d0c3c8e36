import type { ComposeService } from "@sluice/core";

/**
 * When the engine starts a container of the service again, as it takes it (`on-failure:3`), or `undefined` where the file says
 * nothing of it. As Compose has it, a `restart_policy` beats `restart`, and one without a condition is none. Pure.
 */
export function restartPolicy({ restart, deploy }: ComposeService): string | undefined {
  const policy = deploy?.["restart_policy"] as { condition?: string; max_attempts?: number } | undefined;
  if (!policy) return restart === undefined ? undefined : named(restart);
  const { condition, max_attempts: attempts } = policy;
  if (condition === "on-failure" && attempts) return `${condition}:${attempts}`;
  return condition === undefined ? undefined : named(condition);
}

/** The deploy section has names of its own. */
function named(condition: string): string {
  if (condition === "any") return "always";
  return condition === "none" ? "no" : condition;
}
