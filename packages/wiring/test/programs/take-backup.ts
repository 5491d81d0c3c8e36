// Takes a backup of a stack's database as the command line does: `take-backup.ts STACK DIRECTORY`.
import { join } from "node:path";
import { createDeployer } from "../../src/index.ts";

const [, , stack = "", directory = ""] = process.argv;
const stateHome = join(directory, "home");
await using deployer = createDeployer({ stack, directory, stateHome, env: process.env, actor: "ada" });
const { id } = await deployer.database.backup({}, new AbortController().signal);
process.stdout.write(`${id}\n`);
