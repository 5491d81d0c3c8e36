import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker } from "./engine.ts";
import { openShop, patience, type Shop } from "./harness.ts";
import { versionsSeen } from "./load.ts";

/** Whatever looks does so seldom: only what the engine tells by itself is told in time. */
const seldom = `  seldom:
    analysis: { interval: 40s }
    rollout: { steps: [{ share: 50, for: 80s }, 100] }
    traffic: { drain: { timeout: 1s } }
    checks:
      - service: web
        http: { path: /version, contains: '"version"' }
      - name: resources
        interval: 40s
        timeout: 20s
        resources: {}
`;

/** No machine has as much. */
const scarce =
  "  scarce:\n    rollout: { steps: [100], bake: 0s, minFreeMemory: 1000000000000000 }\n    traffic: { drain: { timeout: 1s } }\n";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop(seldom + scarce);
  await shop.release("v1");
  await shop.sluice(0, "deploy", "--release", "v1", "--env", "sudden");
}, patience.timeout);
afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

/** What is killed is another process than the one that serves: nothing but an event tells of it. */
async function outOfMemory(container: string): Promise<void> {
  await docker("update", "--memory", "160m", "--memory-swap", "160m", container);
  await docker("exec", container, "node", "-e", "Buffer.alloc(1e9, 1)").catch(() => undefined);
}

/** When the engine saw it, in Unix milliseconds. */
async function killedAt(container: string, since: Date): Promise<number> {
  const span = ["--since", since.toISOString(), "--until", new Date().toISOString()];
  const filters = ["--filter", "event=oom", "--filter", `container=${container}`];
  const events = await docker("events", ...span, ...filters, "--format", "{{.TimeNano}}");
  return Number(events.split("\n")[0]) / 1e6;
}

it("a candidate that is killed for memory is left at once, not at the next look", patience, async () => {
  await shop.release("v2");
  const deploying = shop.start("deploy", "--release", "v2", "--env", "seldom");
  const shift = await deploying.event((event) => event.type === "share-change");
  const slot = shift.type === "share-change" ? shift.slot : "";
  // Until the engine's events are followed.
  await sleep(4_000);
  const labels = [`com.docker.compose.project=${shop.stack}-${slot}`, "com.docker.compose.service=web"];
  const container = await docker("ps", "-q", ...labels.flatMap((label) => ["--filter", `label=${label}`]));
  const before = new Date();
  await outOfMemory(container);
  const { exitCode, events } = await deploying.done;
  expect(exitCode).toBe(21);
  expect(events.find((event) => event.type === "error")?.message).toMatch(/^resources: killed for memory/);
  const back = events.findLast((event) => event.type === "share-change" && event.share === 0);
  // 30 to 800 ms were seen; a machine that is short of processors may need more.
  expect(Date.parse(back?.at ?? "") - (await killedAt(container, before))).toBeLessThan(10_000);
  expect(await versionsSeen(shop.url)).toEqual(["v1"]);
});

it(
  "a version before is stopped where memory is short, which the plan foretells and the status explains",
  patience,
  async () => {
    await shop.release("v3");
    const plan = await shop.sluice(0, "plan", "--release", "v3", "--env", "scarce");
    expect(plan.stdout).toMatch(/too little for the version before to stay warm/);
    const { events } = await shop.sluice(0, "deploy", "--release", "v3", "--env", "scarce");
    const said = events.flatMap((event) => (event.type === "step-progress" ? [event.text] : []));
    expect(said.join("\n")).toMatch(/slot blue is stopped, not kept warm: \d+ MiB of \d+ MiB memory are available/);
    const status = await shop.sluice(0, "status");
    expect(status.stdout).toMatch(/slot blue was stopped instead of kept warm: \d+ MiB/);
  },
);

it("and is gone back to by a start, which says why", patience, async () => {
  const { events } = await shop.sluice(0, "rollback");
  const found = events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
  expect(found.find(({ code }) => code === "cold-rollback")?.message).toMatch(
    /v1 is not warm, as its slot was stopped/,
  );
  expect(await versionsSeen(shop.url)).toEqual(["v1"]);
});
