import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const runs = (program: string) => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
/** Where `bin/setup prometheus` puts it, unless the machine has one. */
const own = fileURLToPath(new URL("../../../.sluice/tools/prometheus", import.meta.url));

/** The server's program: the one that is named, the machine's, or this checkout's. */
export const prometheus = process.env["SLUICE_PROMETHEUS"] ?? (runs(own) ? own : "prometheus");

/** Why there is no server to ask; empty where there is one. */
export const missingPrometheus = runs(prometheus) ? "" : "(skipped: no prometheus, see bin/setup prometheus)";
