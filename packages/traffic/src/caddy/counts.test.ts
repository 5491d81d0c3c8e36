import { execFile } from "node:child_process";
import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countScript, parseCounts } from "./counts.ts";
import { doorFiles } from "./door-files.ts";

const run = promisify(execFile);
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-counts-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** The script as a door runs it, with its files here. */
async function count() {
  const script = countScript
    .replaceAll("/var/log/sluice", directory)
    .replaceAll(doorFiles.counts, join(directory, "counts"));
  const { stdout } = await run("sh", ["-c", script]);
  const counts = parseCounts(stdout);
  if (!counts) throw new Error(stdout);
  return counts;
}

let time = 1_795_790_000_000;
function line(fields: object): string {
  time += 1;
  const text = { ts: time, request: { method: "GET", uri: "/ü" }, duration: 1.5, status: 200, ...fields };
  return `${JSON.stringify({ level: "info", ...text })}\n`;
}
const log = () => join(directory, "requests.log");
const write = (...lines: string[]) => appendFile(log(), lines.join(""));

test("users' requests are counted by the slot that answered, each once, and probes are not", async () => {
  expect(await count()).toMatchObject({ blue: { requests: 0 }, green: { requests: 0 } });
  await write(line({ slot: "blue" }), line({ slot: "blue", status: 404 }), line({ slot: "green", probe: "green" }));
  const first = await count();
  expect(first.blue).toMatchObject({ requests: 2, http2xx: 1, http4xx: 1, http5xx: 0 });
  expect(first.green.requests).toBe(0);
  await write(line({ slot: "green", status: 500, retries: 2 }), line({ slot: "", status: 503 }));
  const second = await count();
  expect(second.epoch).toBe(first.epoch);
  expect(second.blue).toEqual(first.blue);
  expect(second.green).toMatchObject({ requests: 1, http5xx: 1, retries: 2 });
  expect(await count()).toEqual(second);
});

test("a slot that failed and was stood in for is told, by how it failed", async () => {
  await write(line({ slot: "blue", failed: "green", how: "503" }), line({ slot: "blue", failed: "green", how: "502" }));
  const { blue, green } = await count();
  expect(blue).toMatchObject({ requests: 2, redispatches: 0 });
  expect(green).toMatchObject({ requests: 0, connectErrors: 1, responseErrors: 1, redispatches: 2 });
});

test("what a client writes into its path counts as nothing", async () => {
  await write(line({ slot: "blue", request: { method: "GET", uri: '/"slot":"green","status":500,"probe":"x"' } }));
  expect(await count()).toMatchObject({ blue: { requests: 1, http2xx: 1, http5xx: 0 }, green: { requests: 0 } });
});

test("a line that is still being written is counted when it is whole", async () => {
  const whole = line({ slot: "blue" });
  await write(line({ slot: "blue" }), whole.slice(0, 40));
  expect((await count()).blue.requests).toBe(1);
  await write(whole.slice(40));
  expect((await count()).blue.requests).toBe(2);
});

test("counts go on when the log gets its next file, and begin another epoch when one was given up uncounted", async () => {
  await write(line({ slot: "blue" }));
  const first = await count();
  await write(line({ slot: "blue" }));
  await rename(log(), join(directory, "requests-2026-01-01T00-00-00.000.log"));
  await write(line({ slot: "green" }));
  const second = await count();
  expect(second).toMatchObject({ epoch: first.epoch, blue: { requests: 2 }, green: { requests: 1 } });
  await rm(join(directory, "requests-2026-01-01T00-00-00.000.log"));
  expect((await count()).epoch).toBe(first.epoch);
  await writeFile(log(), line({ slot: "green" }));
  const third = await count();
  expect(third.epoch).not.toBe(first.epoch);
  expect(third).toMatchObject({ blue: { requests: 0 }, green: { requests: 1 } });
});
