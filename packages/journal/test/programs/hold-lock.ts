import { spawn } from "node:child_process";
import { systemClock } from "@sluice/core/node";
import { acquireLock, openStateHome } from "@sluice/journal";

/** Takes the lock, starts a child that outlives it, says so, and stays. */
const home = await openStateHome(process.argv[2] ?? "", { clock: systemClock });
await acquireLock(home, { actor: "victim", reason: "to be killed", release: "v1" });
const child = spawn("sleep", ["60"], { stdio: "ignore", detached: true });
process.stdout.write(`${JSON.stringify({ child: child.pid })}\n`);
setInterval(() => undefined, 60_000);
