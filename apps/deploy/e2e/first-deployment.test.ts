import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openExampleShop, patience } from "./harness.ts";
import { versionsSeen } from "./load.ts";

/** A load on what serves, and a service that is written down and not released. */
const ahead = `  ahead:
    checks:
      - { service: web, load: { path: /version, rate: 20, for: 2s, connections: 2 } }
      - { service: admin, http: { path: / } }
`;
const unreleased = `services:
  admin:
    image: sluice-test/shop-base
    ports: ["8080"]
`;

it(
  "a first deployment makes the version live that was asked for, and leaves a record that holds",
  patience,
  async () => {
    await using shop = await openExampleShop(ahead);
    await shop.release("v1");
    await shop.sluice(0, "plan");
    await shop.sluice(0, "deploy", "--release", "v1", "--reason", "opening day");
    expect(await versionsSeen(shop.url)).toEqual(["v1"]);

    const status = await shop.sluice(0, "status");
    expect(JSON.parse(status.stdout)).toMatchObject({
      serving: { tag: "v1", share: 100 },
      unfinished: null,
      lock: null,
      last: { start: { reason: "opening day" }, end: { outcome: "live" } },
    });
    await shop.sluice(0, "verify");
    await shop.sluice(0, "audit", "verify");
    const ps = JSON.parse((await shop.sluice(0, "ps")).stdout) as { containers: { service: string; live: boolean }[] };
    expect(new Set(ps.containers.filter(({ live }) => live).map(({ service }) => service))).toEqual(
      new Set(["web", "worker", "db"]),
    );
    const logs = await shop.sluice(0, "logs", "web", "--tail", "5");
    expect(logs.stdout).toContain("web v1 (good) listens");

    const requests = async () => {
      const { doors } = JSON.parse((await shop.sluice(0, "traffic")).stdout) as {
        readonly doors: readonly { readonly slots: Readonly<Record<string, { readonly requests: number }>> }[];
      };
      return doors.flatMap(({ slots }) => Object.values(slots)).reduce((sum, slot) => sum + slot.requests, 0);
    };
    const before = await requests();
    await writeFile(join(shop.checkout, "docker-compose.override.yml"), unreleased);
    const verified = await shop.sluice(0, "verify", "--env", "ahead");
    // Of what serves, and not of what is checked out; and no request of it is a user's.
    expect(verified.stdout).toContain("20 requests/s");
    expect(verified.stdout).not.toContain("admin");
    expect(await requests()).toBe(before);
  },
);
