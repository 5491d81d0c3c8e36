// Takes one backup in a process of its own, to be killed: `take-backup.ts CONTAINER STACK DIRECTORY IMAGE [STEP]`. At STEP of
// its writing it says `stopped` and waits for ever. Its last line is the id of the backup, or the code of its failure.
import { setTimeout as delay } from "node:timers/promises";
import { isSluiceError } from "@sluice/core";
import { takeBackup } from "@sluice/database";
import { openBackups } from "../ports.ts";

const [, , container = "", stack = "", directory = "", image = "", stopAt] = process.argv;
const onStep = async (step: string) => {
  if (step !== stopAt) return;
  process.stdout.write("stopped\n");
  await delay(600_000);
};
try {
  const ports = await openBackups({ container, stack, directory, onStep });
  const { id } = await takeBackup(ports, { service: "db", image, release: null });
  process.stdout.write(`${id}\n`);
} catch (error) {
  process.stdout.write(`${String(error)}\n${isSluiceError(error) ? error.code : String(error)}\n`);
  process.exitCode = 1;
}
