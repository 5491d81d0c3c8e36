// Writes one backup into a directory and stops for ever at a step, which it tells: `write-backup.ts DIRECTORY ID STEP`.
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "@sluice/core/node";
import { createDirectoryStore } from "../../src/store/directory-store.ts";
import { aManifest } from "../../src/testing/a-manifest.ts";
import { chunks } from "../../src/testing/bytes.ts";

const [, , directory = "", id = "", stopAt = ""] = process.argv;
const store = createDirectoryStore(
  {
    directory,
    async onStep(step) {
      if (step !== stopAt) return;
      process.stdout.write("stopped\n");
      await delay(600_000);
    },
  },
  systemClock,
);
await using writer = await store.begin(id);
const dump = await writer.write("dump", chunks("the whole ", "dump"));
const globals = await writer.write("globals", chunks("roles"));
await writer.commit(aManifest({ id, seq: writer.seq, ...dump, globals }));
process.stdout.write("finished\n");
