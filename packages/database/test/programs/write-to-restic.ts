// Writes the first half of a dump into a repository of restic, says so and waits for ever: `write-to-restic.ts SET ID`.
import { setTimeout as delay } from "node:timers/promises";
import { createResticStore } from "../../src/store/restic/restic-store.ts";
import { chunks } from "../../src/testing/bytes.ts";
import { realClock } from "../support/write-backup.ts";

const [, , set = "", id = ""] = process.argv;
const store = createResticStore({ set, env: process.env }, realClock);
await using writer = await store.begin(id);
async function* half() {
  yield* chunks("the first half");
  process.stdout.write("half\n");
  await delay(600_000);
}
await writer.write("dump", half());
