import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A `DOCKER_CONFIG` whose plugins are the newest Compose and buildx; `bin/setup newest-compose` makes it. */
export const newestCompose = fileURLToPath(new URL("../../../../.sluice/tools/newest-compose", import.meta.url));

/** Why tests with it are skipped, as the end of a title; empty where it is there. */
export const missingNewestCompose = existsSync(newestCompose)
  ? ""
  : " (skipped: it is not there, see bin/setup newest-compose)";
