// Loaded before a command (`NODE_OPTIONS=--import=FILE`), where it sends that process a signal at one record of its
// journal. Every step writes its intent and its outcome, so the four boundaries of a step are: before its intent is
// written and after, before its outcome is written (it has acted) and after. What is deployed knows nothing of it.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

/** `before`, `after`, or `torn`: when half of the record is on the disk. */
type Moment = "before" | "after" | "torn";

/** `after:3`: the third record that the process writes. `after:3:SIGTERM`: with another signal than SIGKILL. */
const [moment, number, signal = "SIGKILL"] = (process.env["SLUICE_TEST_KILL_AT"] ?? "").split(":") as [
  Moment,
  string | undefined,
  NodeJS.Signals | undefined,
];
const wanted = Number(number ?? Number.NaN);

if (Number.isInteger(wanted)) {
  const { open } = fs;
  let written = 0;
  fs.open = async (path, ...rest) => {
    const file = await open(path, ...rest);
    const [flags] = rest;
    if (typeof flags !== "number" || !String(path).endsWith("/journal.ndjson")) return file;
    const write = file.write.bind(file);
    const datasync = file.datasync.bind(file);
    file.write = (async (bytes: Buffer, offset: number, length: number, position: number) => {
      written++;
      if (written !== wanted || moment === "after") return write(bytes, offset, length, position);
      if (moment === "torn") await write(bytes, offset, length >> 1, position);
      await strike();
      return write(bytes, offset, length, position);
    }) as typeof file.write;
    file.datasync = async () => {
      await datasync();
      if (written === wanted && moment === "after") await strike();
    };
    return file;
  };
  syncBuiltinESMExports();
}

/** SIGKILL may take a moment to arrive, and nothing must happen until then; on any other the process goes on. */
async function strike(): Promise<void> {
  process.kill(process.pid, signal);
  if (signal === "SIGKILL") await new Promise(() => {});
}
