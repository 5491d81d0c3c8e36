import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEvent, type EventBody, parseConfig, type SluiceEvent } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import type { DeploymentResult } from "@sluice/engine";
import { expect, it, onTestFinished } from "vitest";
import { createLastWord } from "../notify/last-word.ts";
import type { Session } from "../session.ts";
import { recordingInSentry } from "./record-sentry.ts";

const live = { outcome: "live", serving: { tag: "v2", release: "r2" } } as unknown as DeploymentResult;

/** What is told, and what Sentry was asked, of a deployment whose end is held back as in a real one. */
async function recorded(result: DeploymentResult, status: number) {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(request.url ?? "");
    response.writeHead(status).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sentry = { url, organization: "acme", projects: ["web"], token: "${env:TOKEN}", environment: "production" };
  const told: SluiceEvent[] = [];
  const lastWord = createLastWord((event) => told.push(event));
  const session = {
    clock,
    lastWord,
    options: { env: { TOKEN: "s3cret" } },
    redact: (text: string) => text,
    stack: () => Promise.resolve("shop"),
    config: () => Promise.resolve(parseConfig(JSON.stringify({ sentry }), "sluice.yaml")),
    ports: () => Promise.resolve({ bundles: { list: () => Promise.resolve([{ id: "r2", commit: "abc" }]) } }),
  } as unknown as Session;
  const held = lastWord.hold();
  const end = { type: "deployment-end", deployment: "d1", outcome: "live", exitCode: 0 } as EventBody;
  const run = () => {
    lastWord.sink(createEvent(clock.now(), end));
    return Promise.resolve(result);
  };
  expect(await recordingInSentry(session, run, new AbortController().signal)).toBe(result);
  held.release();
  return { calls, told: told.map((event) => (event.type === "finding" ? event.finding.message : event.type)) };
}

it("Sentry is told of a release that is live, and of no other", async () => {
  expect(await recorded(live, 201)).toEqual({
    calls: ["/api/0/organizations/acme/releases/", "/api/0/organizations/acme/releases/v2/deploys/"],
    told: ["deployment-end"],
  });
  expect((await recorded({ ...live, outcome: "rolled-back" }, 201)).calls).toEqual([]);
});

it("that Sentry could not be told is shown before the end, and fails nothing", async () => {
  expect((await recorded(live, 500)).told).toEqual(["Sentry was not told of release v2: status 500", "deployment-end"]);
});
