import type { Config } from "../../config/schema.ts";
import { configuredWatches } from "../../config/watched-checks.ts";

/** How much longer the end of a watched step may take: bad looks that are only forgiven are followed by others. */
export function forgivenMs(config: Config): number {
  const forgiving = configuredWatches(config).filter(({ retries }) => retries > 0);
  const lookMs = Math.max(0, ...forgiving.map(({ intervalMs, timeoutMs }) => intervalMs + timeoutMs));
  return Math.max(0, ...forgiving.map(({ retries }) => retries)) * lookMs;
}
