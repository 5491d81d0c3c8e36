import { stops } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";

const signal = new AbortController().signal;
const release = (tag: string, commit: string) =>
  ({ tag, commit: commit.repeat(40), dirty: false, source: "option" }) as const;

/** Says of everything that it is an error, as a cache does, at 7000; at 7001 it takes requests and answers none. */
const application = `
const { createServer } = require("node:net");
createServer((socket) => socket.on("error", () => {}).on("data", () => socket.write("-ERR unknown command\\r\\n"))).listen(7000);
createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end())).listen(7001);
`;
const web = {
  image: "sluice-test/node:24",
  command: ["node", "--no-warnings", "-e", application],
  init: true,
  ports: ["7000", "7001"],
};
const compose = { services: { web } };
const speaking = (protocol: object | undefined) => ({
  services: { web: { role: "web", port: 7000, ...(protocol && { protocol }) } },
  rollout: { steps: [100], bake: "0s" },
  analysis: { enabled: false },
  traffic: { drain: { timeout: "1s" } },
});

let project: ComposeProject;
beforeAll(async () => {
  project = await startComposeProject("answers", { compose, config: speaking(undefined) });
}, 60_000);
afterAll(() => project?.[Symbol.asyncDispose]());

// One after the other: each goes on from what the one before has left.
it("a release whose door would answer for it with errors never meets users", async () => {
  expect(await project.deployer.deploy({ release: release("v1", "1") }, signal)).toMatchObject({
    exitCode: 20,
    error: {
      code: "CHECK_FAILED",
      message: expect.stringContaining('check "web answers": no HTTP ("-ERR unknown command'),
      hint: expect.stringContaining("services.web.protocol"),
      detail: expect.stringContaining("{ 7000: tcp }"),
    },
  });
}, 120_000);

it("is live once it is said what it speaks, and what cannot be told takes nothing back", async () => {
  await using deployer = await project.open(speaking({ 7000: "tcp", 7001: "http" }));
  expect(await deployer.deploy({ release: release("v2", "2") }, signal)).toMatchObject({ outcome: "live" });
  const verdicts = await deployer.verify(signal);
  expect(verdicts.filter(stops)).toEqual([]);
  expect(verdicts.filter(({ check }) => check.startsWith("web answers"))).toMatchObject([
    { check: "web answers at 7001", result: "no-data", value: "no answer", onNoData: "warn" },
  ]);
}, 120_000);
