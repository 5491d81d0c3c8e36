import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endings } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createChannel, createNotifier, createOutbox } from "../src/index.ts";
import { aNotification } from "../src/testing/a-notification.ts";
import { cut, httpServer, says, silent } from "./http-server.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-notify-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const retries = { attempts: 3, attemptMs: 300, backOffMs: 10 };

function notifierTo(urls: Readonly<Record<string, string>>) {
  const channels = Object.entries(urls).map(([name, url]) => createChannel(name, { on: [...endings], slack: { url } }));
  const outbox = createOutbox(join(directory, "outbox"));
  return {
    outbox,
    notifier: createNotifier({ channels, outbox, clock: systemClock, redact: (text) => text, retries }),
  };
}

it("a server that recovers within the time is told once; dead, silent and cutting ones keep nobody waiting", async () => {
  await using flaky = await httpServer(says(500), says(429, "", { "retry-after": "0" }), says(200, "ok"));
  await using quiet = await httpServer(silent);
  await using cutting = await httpServer(cut);
  const dead = await httpServer();
  await dead[Symbol.asyncDispose]();
  const { notifier, outbox } = notifierTo({ flaky: flaky.url, quiet: quiet.url, cutting: cutting.url, dead: dead.url });
  const begin = performance.now();
  const reports = await notifier.announce([aNotification()], { withinMs: 2_000 });
  expect(performance.now() - begin).toBeLessThan(2_500);
  expect(reports.map(({ channel, result }) => `${channel} ${result}`)).toEqual([
    "flaky delivered",
    "quiet uncertain",
    "cutting uncertain",
    "dead waiting",
  ]);
  // Not once more where it may have arrived.
  expect([flaky, quiet, cutting].map(({ received }) => received.length)).toEqual([3, 1, 1]);
  expect(
    (await outbox.list()).map(({ channel, state, attempts }) => `${channel} ${state} ${attempts}`).toSorted(),
  ).toEqual(["cutting uncertain 1", "dead waiting 3", "flaky delivered 3", "quiet uncertain 1"]);
});

it("what waited is told by the next process, once", async () => {
  const dead = await httpServer();
  await dead[Symbol.asyncDispose]();
  await notifierTo({ team: dead.url }).notifier.announce([aNotification()], { withinMs: 2_000 });
  await using server = await httpServer(says(200, "ok"));
  for (let run = 0; run < 2; run++) {
    const { notifier } = notifierTo({ team: server.url });
    await notifier.flush({ withinMs: 2_000 });
    await notifier.announce([aNotification()], { withinMs: 2_000 });
  }
  expect(server.received).toHaveLength(1);
  expect(server.received[0]?.body).toContain("shop: v2 is live");
});
