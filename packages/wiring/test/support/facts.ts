import type { Config } from "@sluice/core";
import type { RollbackRequest } from "@sluice/engine";
import { aProject } from "@sluice/testing";

/** What a deployment or a way back of the example stack is asked for with, apart from its release. */
export function someFacts(config: Config): RollbackRequest {
  return {
    stack: "shop",
    homeId: "home",
    previewSecret: "secret of the preview",
    config,
    project: aProject(),
    actor: "ada",
    reason: "a test",
  };
}
