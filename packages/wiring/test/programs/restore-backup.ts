// Restores a backup of a stack's database as the command line does: `restore-backup.ts STACK DIRECTORY CONFIG BACKUP`.
import { join } from "node:path";
import { createDeployer } from "../../src/index.ts";

const [, , stack = "", directory = "", configFile = "", backup = ""] = process.argv;
const stateHome = join(directory, "home");
await using deployer = createDeployer({ stack, directory, configFile, stateHome, env: process.env, actor: "ada" });
await deployer.database.restore(backup, {}, new AbortController().signal);
