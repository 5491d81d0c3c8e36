import { parseConfig } from "../config/parse-config.ts";
import type { Config, WrittenConfig } from "../config/schema.ts";

/** A configuration from what a `sluice.yaml` would say; nothing waits and nothing is judged unless it is asked for. */
export function aConfig(written: WrittenConfig = {}): Config {
  const quick: WrittenConfig = {
    ...written,
    rollout: { bake: "0s", steps: [50, 100], ...written.rollout },
    analysis: { enabled: false, ...written.analysis },
  };
  // JSON is YAML: the one parser also checks what tests write.
  return parseConfig(JSON.stringify(quick), "sluice.yaml");
}
