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
        timeout: 20s
        resources: { growth: { max: 20971520, window: 8s } }
      - name: log
        interval: 1s
        timeout: 20s
        logs: {}
`;

it(
  "a leak, and an error that only the log has, are found in the bake; users are back with the version before",
  patience,
  async () => {
    await using shop = await openShop(sections);
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1", "--env", "watched");
    const load = startLoad(shop.url);
    const bad: readonly (readonly [string, NonNullable<Release["mode"]>, RegExp])[] = [
      ["v2", "leak", /^resources: web \(.*\) grows by \d+ MiB a minute/],
      ["v3", "errlog", /^log: [\d.]+ a minute/],
    ];
    for (const [tag, mode, found] of bad) {
      await shop.release(tag, { mode });
      const { events } = await shop.sluice(21, "deploy", "--release", tag, "--env", "watched");
      expect(events.at(-1)).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1", share: 100 } });
      const errors = events.flatMap((event) => (event.type === "error" ? [event.message] : []));
      expect(errors).toEqual([expect.stringMatching(found)]);
      expect(await versionsSeen(shop.url)).toEqual(["v1"]);
    }
    await load.stop();
  },
);
