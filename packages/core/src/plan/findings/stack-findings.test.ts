import { aContainer, aDoor, aService, aStack } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import type { DoorRouting } from "../../model/door.ts";
import { homeFindings, orphanFindings, stackFindings } from "./stack-findings.ts";

const services = [aService("web"), aService("worker", { role: "worker" }), aService("db", { role: "data" })];
const live = { slot: "blue", release: "r-1" } as const;
const routing = { stable: "blue", share: 0, salt: 0 } as const;
const found = (parts: Parameters<typeof aStack>[0]) =>
  stackFindings(aStack({ services, live, ...parts }), services).map(
    ({ severity, code, message, hint }) => `${severity} ${code}: ${message} -> ${hint}`,
  );

it("a stack that belongs to another state home is named, with the commands that move its state", () => {
  expect(homeFindings(aStack({ live }), "home")).toEqual([]);
  expect(homeFindings(aStack(), "home")).toEqual([]);
  const [finding] = homeFindings(aStack({ live }), "another");
  expect(finding).toMatchObject({
    code: "home-mismatch",
    message: expect.stringContaining("belongs to state home home"),
  });
  for (const command of [
    "sluice -p shop state export shop.sluice.tar",
    "sluice state import shop.sluice.tar --replace",
    "sluice state rebuild --replace",
  ]) {
    expect(finding?.hint).toContain(command);
  }
});

it("a Compose project of others under a name of the stack is told before a deployment is refused for it", () => {
  const foreign = [
    { project: "shop-green", place: "green", containers: ["a"], networks: [], isShared: false, owner: null },
  ] as const;
  expect(found({ foreign })).toEqual([
    expect.stringContaining("warn foreign-project: slot green of stack shop needs the name of"),
  ]);
  expect(found({ foreign, live: undefined })).toHaveLength(1);
});

it("what runs from the same files under another name is told before a first deployment begins beside it", () => {
  const sameFiles = [{ project: "old", containers: ["old-web-1"] }];
  expect(stackFindings({ ...aStack({ services }), sameFiles }, services)).toContainEqual(
    expect.objectContaining({ severity: "warn", code: "same-files-elsewhere" }),
  );
});

it("what others have on a network of the stack is told", () => {
  const guests = [{ container: "auth-1", key: "default", network: "shop_default" }];
  expect(found({ guests })).toEqual([
    expect.stringContaining("warn others-on-network: services in slots do not reach"),
  ]);
});

it("what an earlier release has left in base is named, with the command that removes it", () => {
  const orphan = (role: "support" | "data") => {
    const facts = aService("cache", { role });
    return { service: "cache", facts, containers: [aContainer("cache", { name: "shop-cache-1" })] };
  };
  expect(orphanFindings([orphan("support")])).toEqual([
    {
      severity: "warn",
      code: "orphan",
      service: "cache",
      message: "shop-cache-1 is of an earlier release: the one that serves has no cache",
      hint: "the next sluice deploy removes it; at once: docker rm -f shop-cache-1",
    },
  ]);
  expect(orphanFindings([{ ...orphan("support"), isInactive: true }])).toMatchObject([
    { message: "shop-cache-1 is of an earlier release: the one that serves has cache in none of its active profiles" },
  ]);
  expect(orphanFindings([orphan("data")])).toMatchObject([{ code: "orphan-data" }]);
});

describe("what a person must know of a stack", () => {
  it("is nothing where all is as it should be, and before a first deployment", () => {
    expect(found({})).toEqual([]);
    expect(found({ live: undefined, plain: [aContainer("web"), aContainer("worker")] })).toEqual([]);
  });

  it("that plain Compose has started services of the slots beside them: a worker works twice", () => {
    const plain = [
      aContainer("web", { name: "shop-web-1", state: "created" }),
      aContainer("worker", { name: "shop-worker-1" }),
    ];
    expect(found({ plain })).toEqual([
      "warn second-copy: shop-web-1 was made by plain Compose beside the slots (created) -> the next sluice deploy removes it; at once: docker rm -f shop-web-1",
      "warn second-worker: worker runs twice: shop-worker-1 was started by plain Compose beside the slots -> the next sluice deploy removes it; at once: docker rm -f shop-worker-1",
    ]);
    const stopped = plain.map((container) => ({ ...container, state: "exited" as const }));
    expect(found({ plain: stopped })[1]).toContain("second-copy");
  });

  it("is nothing while what plain Compose runs has not given way: it is what users reach", () => {
    const taking = { stable: "green", share: 100, salt: 0 } as const;
    const dark = { state: "outdated", reason: "it is on none of its networks", isUnreached: true } as const;
    const plain = [aContainer("web"), aContainer("worker")];
    expect(found({ plain, doors: { web: aDoor("web", taking, dark) } })).toEqual([]);
    expect(found({ doors: { web: aDoor("web", routing, dark) } })[0]).toContain("door-unreached");
    expect(found({ plain, doors: { web: aDoor("web", routing, dark) } })).toHaveLength(3);
  });

  it("that a container lacks a link, and what connects it at once", () => {
    const missing = { slot: "blue", service: "db", container: "shop-db-1", link: "shop-blue_link_default" } as const;
    const idle = { ...missing, slot: "green", link: "shop-green_link_default" } as const;
    const missingLinks = [
      { ...missing, aliases: ["db", "database"] },
      { ...idle, aliases: [] },
    ];
    expect(found({ missingLinks, warm: "r-0" })).toEqual([
      "warn missing-link: shop-db-1 is not on shop-blue_link_default: slot blue, which serves, does not reach it -> the next sluice deploy mends it; at once: docker network connect --alias db --alias database shop-blue_link_default shop-db-1",
      "warn missing-link: shop-db-1 is not on shop-green_link_default: slot green does not reach it -> docker network connect shop-green_link_default shop-db-1",
    ]);
  });

  it("that a base container was taken from a network, and what connects it at once as Compose did", () => {
    const network = {
      container: "shop-db-1",
      network: "shop_default",
      aliases: ["shop-db-1", "db"],
      addresses: ["10.1.2.3"],
    };
    const db = { service: "db", state: "current", reason: "", containers: [], lost: [network] } as const;
    expect(found({ base: { db } })).toEqual([
      "warn base-cut-off: shop-db-1 is not on shop_default, which it was made with: what is there does not reach base service db -> the next sluice deploy mends it; at once: docker network connect --ip 10.1.2.3 --alias shop-db-1 --alias db shop_default shop-db-1",
    ]);
  });

  it("that a door lacks a link: it does not reach the slot", () => {
    const link = { slot: "blue", service: "web", container: "shop-door-web", link: "shop-blue_link_default" } as const;
    expect(found({ missingLinks: [{ ...link, aliases: ["door.web.shop"] }] })[0]).toContain(
      "shop-door-web is not on shop-blue_link_default: it does not reach slot blue, which serves",
    );
    const [live, idle] = (["blue", "green"] as const).map(
      (slot) =>
        stackFindings(
          aStack({
            services,
            live: { slot: "blue", release: "r-1" },
            warm: "r-0",
            missingLinks: [{ ...link, slot, aliases: [] }],
          }),
          services,
          { counts: false },
        )[0],
    );
    expect(live).toMatchObject({ severity: "error", code: "door-cut-off", unserved: "unreached" });
    expect(idle).toMatchObject({ severity: "warn", code: "missing-link" });
  });

  it("that a door does not run, is not there, or does not answer: nobody gets through", () => {
    const unserved = (web: Parameters<typeof aDoor>[2], leads: DoorRouting | null = null) =>
      stackFindings(aStack({ services, live, doors: { web: aDoor("web", leads, web) } }), services, {
        counts: false,
      }).map((finding) => finding.unserved);
    expect(unserved({ state: "stopped" })).toEqual(["unreached"]);
    expect(unserved({ state: "absent" })).toEqual(["unreached"]);
    expect(unserved({ isUnreached: true }, routing)).toEqual(["unreached"]);
    // It may lead users where it always did.
    expect(unserved({ containerId: "0123456789abcdef" })).toEqual([undefined]);
    const door = (overrides: Parameters<typeof aDoor>[2]) => ({ web: aDoor("web", null, overrides) });
    expect(
      found({ doors: door({ state: "stopped", reason: "it is exited", containerId: "0123456789abcdef" }) }),
    ).toEqual([
      "error door-stopped: door web does not run (it is exited): nobody reaches web -> docker start 0123456789ab, or the next sluice deploy, which starts it first of all",
    ]);
    expect(found({ doors: door({ state: "absent", reason: "it is not there yet", containerId: null }) })).toEqual([
      "error door-absent: web has no door: nobody reaches it -> the next sluice deploy makes it first of all; at once: sluice rollback r-1",
    ]);
    expect(found({ doors: door({ reason: "it does not answer", containerId: "0123456789abcdef" }) })).toEqual([
      "warn door-silent: door web runs and does not say where it leads -> docker restart 0123456789ab; or sluice deploy --replace-doors, which makes it anew",
    ]);
    expect(
      found({ doors: door({ reason: "it cannot be asked", containerId: "0123456789", isDiskFull: true }) }),
    ).toEqual([
      "warn door-silent: door web runs and cannot be asked where it leads, as the engine's disk is full -> make room first: sluice prune, docker builder prune; restart no door before there is some",
    ]);
  });

  describe("that what both slots use", () => {
    const base = (state: "absent" | "stopped", containers = [aContainer("db", { state: "exited" })]) => ({
      base: { db: { service: "db", state, reason: "shop-db-1 is exited", containers } },
    });

    it("was removed or stopped, and what brings it back", () => {
      expect(found(base("absent", []))).toEqual([
        "error base-absent: base service db is gone: no container of it is there -> the next sluice deploy makes it anew, also of the release that serves; at any time: sluice rollback r-1; its volumes are kept",
      ]);
      expect(found({ ...base("absent", []), missingVolumes: { db: ["shop_data"] } })[0]).toMatch(
        /; its volume shop_data is gone too: it starts empty, and sluice db list shows the backups$/,
      );
      expect(found(base("stopped"))).toEqual([
        "warn base-stopped: base service db does not run: shop-db-1 is exited -> docker start shop-db-1, or the next sluice deploy; at any time: sluice rollback r-1",
      ]);
    });

    it.each(["stopped", "changed"] as const)("could not be started for what it mounts, which is named: %s", (state) => {
      const startError =
        'failed to create task: error mounting "/old/nginx.conf" to rootfs at "/etc/nginx/nginx.conf": not a directory: unknown';
      const containers = [aContainer("db", { state: "created", startError })];
      const seen = { db: { service: "db", state, reason: "shop-db-1 is created", containers } };
      expect(found({ base: seen })).toEqual([
        "warn base-stopped: base service db does not run: it mounts /old/nginx.conf, which is not there as it is to be -> put it back there, then docker start shop-db-1; or the next sluice deploy from where it is checked out",
      ]);
    });

    it("was paused, and what lets it go on", () => {
      const paused = [aContainer("db", { state: "paused" })];
      expect(found(base("stopped", paused))[0]).toMatch(/-> docker unpause shop-db-1, or the next sluice deploy; /);
    });

    it("has ended well, and is to run once, is nothing", () => {
      const once = services.map((one) => (one.role === "data" ? { ...one, runsOnce: true } : one));
      expect(stackFindings(aStack({ services, live, ...base("stopped") }), once)).toEqual([]);
    });

    it("is not there is nothing where nobody knows what the release that serves wants", () => {
      expect(stackFindings(aStack({ services, live, ...base("absent", []) }), services, { counts: false })).toEqual([]);
    });
  });

  it("is nothing where all that serves is in base, whatever is left in a slot that is stopped", () => {
    const stopped = { ...aStack({ services, live }), doors: {} };
    const inBase = services.map((service) => ({ ...service, strategy: "recreate" as const }));
    expect(stackFindings(stopped, inBase)).toEqual([]);
  });

  it("that a door is not what is wanted any more, and when it will be replaced", () => {
    const doors = { web: aDoor("web", routing, { state: "outdated", reason: "its ports changed" }) };
    expect(found({ doors })).toEqual([
      "info door-outdated: door web: its ports changed -> the next sluice deploy replaces it, with a short gap",
    ]);
  });
});
