import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A `DOCKER_CONFIG` whose plugins are the newest Compose and buildx; `bin/setup newest-compose` makes it. */
export const newestCompose = fileURLToPath(new URL("../../../../.sluice/tools/newest-compose", import.meta.url));

const { status } = spawnSync(`${newestCompose}/cli-plugins/docker-compose`, ["version"], { stdio: "ignore" });

/** Why tests with it are skipped, as the end of a title; empty where it is there. */
export const missingNewestCompose = status === 0 ? "" : " (skipped: it is not there, see bin/setup newest-compose)";
