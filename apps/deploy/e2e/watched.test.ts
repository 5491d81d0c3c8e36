import { expect, it } from "vitest";
import { openShop, patience, type Release } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

/** An environment beside those of the harness. Under the few users of a test: what leaks 200 kB a request grows by hundreds of MiB a minute. */
const sections = `  watched:
    analysis: { warmup: 1s, latency: { floor: 10s } }
    rollout: { steps: [100], bake: 25s }
    checks:
      - service: web
        http: { path: /version, contains: '"version"' }
      - name: resources
        interval: 500ms
        resources: { growth: { window: 8s } }
      - name: log
        interval: 1s
        logs: {}
`;

it.each<{ readonly what: string; readonly mode: NonNullable<Release["mode"]>; readonly found: RegExp }>([
  { what: "a version that leaks", mode: "leak", found: /^resources: web \(.*\) grows by \d+ MiB a minute/ },
  { what: "an error that only the log has", mode: "errlog", found: /^log: [\d.]+ a minute/ },
])("$what is found in the bake, and users are back with the version before", patience, async ({ mode, found }) => {
  await using shop = await openShop(sections);
  await shop.release("v1");
  await shop.sluice(0, "deploy", "--release", "v1", "--env", "watched");
  const load = startLoad(shop.url);
  await shop.release("v2", { mode });
  const rolledBack = await shop.sluice(21, "deploy", "--release", "v2", "--env", "watched");
  expect(rolledBack.events.at(-1)).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1", share: 100 } });
  const errors = rolledBack.events.flatMap((event) => (event.type === "error" ? [event.message] : []));
  expect(errors).toEqual([expect.stringMatching(found)]);
  await load.stop();
  expect(await versionsSeen(shop.url)).toEqual(["v1"]);
});
