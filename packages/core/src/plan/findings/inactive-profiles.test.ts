import { aContainer, aDoor, aService, aStack } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { lostToProfiles, noActiveService } from "./inactive-profiles.ts";

const off = (service: ServiceFacts, ...profiles: readonly string[]) => ({
  ...service,
  active: false,
  inactiveProfiles: profiles,
});
const web = aService("web");
const worker = aService("worker", { role: "worker" });
const db = aService("db", { role: "data" });
const mails = aService("mails", { role: "support" });
const debug = off(aService("debug", { role: "tool" }), "debug");

describe("a release of which nothing would run", () => {
  it("is an error that names the profiles of its services, and where they are made active", () => {
    expect(noActiveService([off(web, "prod"), off(db, "prod", "data"), debug])).toEqual([
      {
        severity: "error",
        code: "no-active-service",
        message:
          "no service of the release is active: each is under profiles (prod, data), and none of those is active",
        hint: expect.stringMatching(
          /^set COMPOSE_PROFILES, such as COMPOSE_PROFILES=prod, .*sluice init --workflow --profile prod writes it where none is.*\.env/,
        ),
      },
    ]);
  });

  it.each([
    ["one is active", [off(web, "prod"), db]],
    ["what is not is scaled to nothing", [aService("web", { active: false, replicas: 0 }), debug]],
    ["one is scaled to nothing", [aService("web", { active: false, replicas: 0 }), off(worker, "mail")]],
    ["it has none", []],
  ])("is none where %s", (_, services) => {
    expect(noActiveService(services)).toEqual([]);
  });
});

describe("what serves and would be lost to profiles that are not active", () => {
  const live = { slot: "blue", release: "r-1" } as const;
  const all = [web, worker, db, mails];
  const lost = (
    services: readonly ServiceFacts[],
    serving: readonly ServiceFacts[] | null = all,
    observed: ObservedStack = aStack({ services: all, live }),
  ) => lostToProfiles(services, serving, observed, "blue").map(({ service }) => service);

  it("is an error that says which profile, and what helps", () => {
    const found = lostToProfiles([off(web, "prod"), worker, db], all, aStack({ services: all, live }), "blue");
    expect(found).toEqual([
      {
        severity: "error",
        code: "profile-not-active",
        service: "web",
        message:
          "web is part of what serves, and this release would end it: it is under profile prod, which is not active",
        hint: expect.stringMatching(/^add prod to COMPOSE_PROFILES.*; where web is to go, --accept-dropped/),
      },
    ]);
    const [two] = lostToProfiles([off(web, "a", "b")], all, aStack({ services: all, live }), "blue");
    expect(two?.message).toContain("under profiles a and b, none of which is active");
    expect(two?.hint).toContain("add a or b to COMPOSE_PROFILES");
  });

  it("is what takes users, works or helps in the release that serves; data stays", () => {
    const none = all.map((service) => off(service, "prod"));
    expect(lost(none)).toEqual(["web", "worker", "mails"]);
  });

  it("is a job that ran for the release that serves: without it the next one may meet a schema of before", () => {
    const job = aService("migrate", { role: "job" });
    const [found] = lostToProfiles([...all, off(job, "prod")], [...all, job], aStack({ services: all, live }), "blue");
    expect(found).toMatchObject({
      severity: "error",
      message:
        "migrate ran for what serves, and this release would not run it: it is under profile prod, which is not active",
      hint: expect.stringMatching(/; where migrate is no more to run, --accept-dropped/),
    });
    expect(lost([...all, off(job, "prod")], [...all, off(job, "prod")])).toEqual([]);
    expect(lost([...all, off(job, "prod")], null)).toEqual([]);
  });

  it("is nothing that has none of it there, is active, a tool, or gone from the compose files", () => {
    const before = [off(web, "prod"), { ...worker, replicas: 0 }, db];
    expect(lost([off(web, "prod"), off(worker, "prod")], before, aStack())).toEqual([]);
    expect(lost([web, { ...worker, active: false }, debug], [...all, aService("debug")])).toEqual([]);
  });

  it("has a door that is open, whatever the release that serves is said to have", () => {
    const routing = { stable: "blue", share: 0, salt: 0 } as const;
    const doors = (one: Parameters<typeof aDoor>[1]) =>
      aStack({ services: [db], live, doors: { web: aDoor("web", one) } });
    expect(lost([off(web, "prod")], [db], doors(routing))).toEqual(["web"]);
    expect(lost([off(web, "prod")], [db], doors({ ...routing, stable: null }))).toEqual([]);
  });

  it("is what runs, where the release that serves is not stored; what people run themselves is theirs", () => {
    const orphans = [aContainer("mails"), aContainer("stopped", { state: "exited" })];
    const byHand = aContainer("own", { byPlainCompose: true });
    const observed = aStack({ services: [worker], live, orphans: [...orphans, byHand] });
    const services = ["worker", "mails", "stopped", "own"].map((name) => off(aService(name), "prod"));
    expect(lost(services, null, observed)).toEqual(["worker", "mails"]);
  });
});
