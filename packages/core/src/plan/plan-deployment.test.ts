import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../model/service.ts";
import type { ObservedStack } from "../model/stack.ts";
import { aConfig, aContainer, aDoor, aService, aStack } from "../testing/index.ts";
import { formatPlan } from "./format-plan.ts";
import { type DesiredDeployment, planDeployment } from "./plan-deployment.ts";
import { planWarmRollback } from "./plan-rollback.ts";

const services = [
  aService("web"),
  aService("worker", { role: "worker" }),
  aService("migrate", { role: "job" }),
  aService("db", { role: "data" }),
  aService("proxy", { role: "edge", dependsOn: ["web"] }),
];
const config = aConfig({ rollout: { steps: [{ share: 5, for: "30s" }, 100], bake: "1m" } });
const live = { slot: "blue", release: "r-1" } as const;

const desired = (overrides: Partial<DesiredDeployment> = {}): DesiredDeployment => ({
  tag: "v2",
  services,
  config,
  bundleId: null,
  imagesOf: null,
  wasLive: false,
  prunable: [],
  ...overrides,
});

it("an application in base that becomes a support service is replaced once users have moved", () => {
  const api = aService("api", { role: "worker", strategy: "recreate" });
  const before = [aService("web"), api];
  const after = [aService("web"), { ...api, role: "support" as const }];
  const stack = aStack({ services: before, live });
  const changed = { api: { ...stack.base["api"], state: "changed", reason: "its image changed" } };
  const observed = { ...stack, base: changed } as ObservedStack;
  const { steps } = planDeployment(desired({ services: after, replaced: before }), observed);
  const kinds = steps.map(({ kind, target }) => (kind === "base" || kind === "shift" ? `${kind} ${target}` : kind));
  expect(kinds.indexOf("base support api")).toBeGreaterThan(kinds.findLastIndex((kind) => kind.startsWith("shift")));
});

describe("the plan of", () => {
  it("a first deployment", () => {
    expect(formatPlan(planDeployment(desired({ tag: "v1" }), aStack()))).toMatchInlineSnapshot(`
      " 1. build     release v1     (no such release is stored)
       2. networks  links of blue  (slot blue needs the networks of base)
       3. base      data db        (not there yet)
       4. job       job migrate    (migrate runs once for each release; meanwhile release v1 gets slot blue)
       5. start     web in blue    (the candidate must be ready before anyone meets it)
       6. door      door web       (not there yet)
       7. verify    release v1     (a candidate is proven through the door before users meet it)
       8. shift     web to 100 %   (cutover)
       9. base      edge proxy     (not there yet)
      10. workers   worker         (never two of one: old ones stop, then new ones start)
      11. promote   slot blue      (the candidate is proven: it becomes the stable slot)"
    `);
  });

  it("an ordinary deployment", () => {
    expect(formatPlan(planDeployment(desired(), aStack({ services, live, warm: "r-0" })))).toMatchInlineSnapshot(`
      " 1. build     release v2      (no such release is stored)
       2. networks  links of green  (slot green needs the networks of base)
       3. job       job migrate     (migrate runs once for each release; meanwhile release v2 gets slot green, which holds release r-0)
       4. start     web in green    (the candidate must be ready before anyone meets it)
       5. verify    release v2      (a candidate is proven through the door before users meet it)
       6. shift     web to 5 %      (5 % of the users meet the candidate first)
       7. shift     web to 100 %    (cutover)
       8. workers   worker          (never two of one: old ones stop, then new ones start)
       9. drain     slot blue       (requests that the previous accepted may end)
      10. bake      slot green      (watched while the previous is warm)
      11. promote   slot green      (the candidate is proven: it becomes the stable slot)
      12. retire    slot blue       (it stays warm, or is stopped if memory is short)"
    `);
  });

  it("a deployment over a slot in which nothing runs: it is emptied while images are built", () => {
    const stack = aStack({ services, live, warm: "r-0" });
    const stopped = stack.slots.green.containers.map((container) => ({ ...container, state: "exited" as const }));
    const observed = { ...stack, slots: { ...stack.slots, green: { ...stack.slots.green, containers: stopped } } };
    const { steps } = planDeployment(desired(), observed);
    expect(steps[0]).toMatchObject({ kind: "build", clears: "green" });
    expect(steps.map(({ kind }) => kind)).not.toContain("clear");
    const stored = planDeployment(desired({ bundleId: "r-2", wasLive: true }), observed).steps;
    expect(stored[0]).toMatchObject({ kind: "clear", slot: "green" });
  });

  it("a release that is live already", () => {
    expect(formatPlan(planDeployment(desired({ bundleId: "r-1" }), aStack({ services, live })))).toMatchInlineSnapshot(
      `"nothing to do"`,
    );
  });

  it("a door that leads to the candidate's slot over a network that the service has left is made anew", () => {
    const kinds = (strays: readonly ("blue" | "green")[]) => {
      const doors = { web: aDoor("web", { stable: "blue", share: 0, salt: 0 }, { strays }) };
      return planDeployment(desired(), aStack({ services, live, warm: "r-0", doors })).steps.map(({ kind }) => kind);
    };
    expect(kinds(["green"])).toContain("door");
    expect(kinds(["blue"])).not.toContain("door");
  });

  it("a live release whose base and door are not as they should be", () => {
    const stack = aStack({ services, live });
    const observed = {
      ...stack,
      base: {
        ...stack.base,
        db: { service: "db", state: "changed" as const, reason: "its image changed", containers: [aContainer("db")] },
      },
      doors: {
        web: aDoor("web", { stable: "blue", share: 0, salt: 0 }, { state: "outdated", reason: "its ports changed" }),
      },
    };
    expect(formatPlan(planDeployment(desired({ bundleId: "r-1" }), observed))).toMatchInlineSnapshot(`
      "1. base  data db   (its image changed)
      2. door  door web  (its ports changed; one short gap)"
    `);
  });

  it("a release that is stored and whose jobs ran", () => {
    const wanted = desired({ bundleId: "r-2", wasLive: true, config: aConfig(), prunable: ["r-0"] });
    expect(formatPlan(planDeployment(wanted, aStack({ services, live })))).toMatchInlineSnapshot(`
      " 1. networks  links of green  (slot green needs the networks of base)
       2. create    slot green      (release v2 gets slot green)
       3. start     web in green    (the candidate must be ready before anyone meets it)
       4. verify    release v2      (a candidate is proven through the door before users meet it)
       5. shift     web to 50 %     (50 % of the users meet the candidate first)
       6. shift     web to 100 %    (cutover)
       7. workers   worker          (never two of one: old ones stop, then new ones start)
       8. drain     slot blue       (requests that the previous accepted may end)
       9. promote   slot green      (the candidate is proven: it becomes the stable slot)
      10. retire    slot blue       (it stays warm, or is stopped if memory is short)
      11. prune     1 old release   (releases.keep is 5)"
    `);
  });

  it("a release that is warm in the idle slot", () => {
    const wanted = desired({ bundleId: "r-0", wasLive: true, config: aConfig() });
    expect(formatPlan(planDeployment(wanted, aStack({ services, live, warm: "r-0" })))).toMatchInlineSnapshot(`
      "1. networks  links of green  (slot green needs the networks of base)
      2. start     web in green    (it runs already and must be ready)
      3. verify    release v2      (a candidate is proven through the door before users meet it)
      4. shift     web to 50 %     (50 % of the users meet the candidate first)
      5. shift     web to 100 %    (cutover)
      6. workers   worker          (never two of one: old ones stop, then new ones start)
      7. drain     slot blue       (requests that the previous accepted may end)
      8. promote   slot green      (the candidate is proven: it becomes the stable slot)
      9. retire    slot blue       (it stays warm, or is stopped if memory is short)"
    `);
  });

  it("an adoption of what plain Compose runs", () => {
    const plain = [
      aContainer("web", { id: "p1", name: "shop-web-1" }),
      aContainer("worker", { id: "p2", name: "shop-worker-1" }),
    ];
    expect(
      formatPlan(planDeployment(desired({ tag: "v1", config: aConfig() }), aStack({ plain }))),
    ).toMatchInlineSnapshot(`
      " 1. build         release v1      (no such release is stored)
       2. networks      links of blue   (slot blue needs the networks of base)
       3. base          data db         (not there yet)
       4. job           job migrate     (migrate runs once for each release; meanwhile release v1 gets slot blue)
       5. start         web in blue     (the candidate must be ready before anyone meets it)
       6. preview-door  preview of web  (its port is still held by the container that plain Compose runs)
       7. verify        release v1      (a candidate is proven through the door before users meet it)
       8. adopt         shop-web-1      (the ports change hands from plain Compose to the doors: one short gap, the only one)
       9. shift         web to 100 %    (cutover)
      10. base          edge proxy      (not there yet)
      11. workers       worker          (never two of one: old ones stop, then new ones start)
      12. promote       slot blue       (the candidate is proven: it becomes the stable slot)"
    `);
    expect(planDeployment(desired({ tag: "v1" }), aStack({ plain })).steps).toContainEqual(
      expect.objectContaining({ kind: "workers", replaces: ["p2"] }),
    );
  });

  it("services that leave base for slots, which no plain Compose has made", () => {
    const plain = [aContainer("web"), aContainer("worker")];
    const inBase = services.map((service) => ({ ...service, strategy: "recreate" as const }));
    const causes = (replaced: readonly ServiceFacts[], observed: ObservedStack) =>
      planDeployment(desired({ config: aConfig(), replaced }), observed)
        .steps.filter(({ kind }) => kind === "preview-door" || kind === "adopt")
        .map(({ cause }) => cause);
    expect(causes(inBase, aStack({ plain }))).toEqual([
      "its port is still held by the container in base",
      "the ports change hands from base to the doors: one short gap, the only one",
    ]);
    expect(causes(services, aStack({ services, live, plain: plain.slice(1) }))).toEqual([
      "plain Compose runs a second copy beside the slots",
    ]);
  });

  it("services that leave base beside others that are in a slot: until the cutover users reach them there", () => {
    const files = aService("files", { ports: [] });
    const wanted = [...services, files];
    const before = wanted.map((service) =>
      service.name === "files" || service.name === "worker" ? { ...service, strategy: "recreate" as const } : service,
    );
    const plain = ["files", "worker"].map((name) => aContainer(name, { id: `b-${name}`, name: `shop-${name}-1` }));
    const observed = aStack({ services: before, live, plain });
    const plan = planDeployment(desired({ services: wanted, config: aConfig(), replaced: before }), observed);
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      " 1. build         release v2           (no such release is stored)
       2. networks      links of green       (slot green needs the networks of base)
       3. job           job migrate          (migrate runs once for each release; meanwhile release v2 gets slot green)
       4. start         web, files in green  (the candidate must be ready before anyone meets it)
       5. preview-door  preview of files     (its name is still held by the container in base)
       6. verify        release v2           (a candidate is proven through the door before users meet it)
       7. shift         web to 50 %          (50 % of the users meet the candidate first)
       8. adopt         shop-files-1         (what serves runs it in base: it gives way to the slot)
       9. shift         web, files to 100 %  (cutover)
      10. workers       worker               (never two of one: old ones stop, then new ones start)
      11. drain         slot blue            (requests that the previous accepted may end)
      12. promote       slot green           (the candidate is proven: it becomes the stable slot)
      13. retire        slot blue            (it stays warm, or is stopped if memory is short)"
    `);
    expect(plan.steps.find(({ kind }) => kind === "adopt")).toMatchObject({ restarts: ["b-files"] });
    expect(plan.steps.find(({ kind }) => kind === "workers")).toMatchObject({ replaces: ["b-worker"] });
  });

  it("workers only", () => {
    const only = services.filter(({ role }) => role === "worker");
    const wanted = desired({ services: only, config: aConfig() });
    expect(formatPlan(planDeployment(wanted, aStack({ services: only, live, doors: {} })))).toMatchInlineSnapshot(`
      "1. build     release v2      (no such release is stored)
      2. networks  links of green  (slot green needs the networks of base)
      3. create    slot green      (release v2 gets slot green)
      4. workers   worker          (never two of one: old ones stop, then new ones start)
      5. promote   slot green      (the candidate is proven: it becomes the stable slot)"
    `);
  });

  it("a service that cannot be two at once", () => {
    const some = [aService("web"), aService("legacy", { role: "web", strategy: "recreate", dependsOn: ["db"] })];
    const wanted = desired({ services: some, config: aConfig() });
    expect(formatPlan(planDeployment(wanted, aStack({ services: some, live })))).toMatchInlineSnapshot(`
      " 1. build     release v2      (no such release is stored)
       2. networks  links of green  (slot green needs the networks of base)
       3. create    slot green      (release v2 gets slot green)
       4. start     web in green    (the candidate must be ready before anyone meets it)
       5. verify    release v2      (a candidate is proven through the door before users meet it)
       6. shift     web to 50 %     (50 % of the users meet the candidate first)
       7. shift     web to 100 %    (cutover)
       8. recreate  service legacy  (legacy cannot be two at once: it is replaced stop-first)
       9. verify    release v2      (legacy cannot be proven before: what fails is taken back)
      10. drain     slot blue       (requests that the previous accepted may end)
      11. promote   slot green      (the candidate is proven: it becomes the stable slot)
      12. retire    slot blue       (it stays warm, or is stopped if memory is short)"
    `);
  });

  it("services that cannot be two at once any more", () => {
    const before = [aService("web"), aService("worker", { role: "worker" })];
    const wanted = desired({ services: before.map((one) => ({ ...one, strategy: "recreate" })), config: aConfig() });
    expect(formatPlan(planDeployment(wanted, aStack({ services: before, live })))).toMatchInlineSnapshot(`
      "1. build     release v2      (no such release is stored)
      2. networks  links of green  (slot green needs the networks of base)
      3. workers   worker          (no workers of the release are in slots: old ones stop)
      4. close     door web        (web cannot be two at once any more: it leaves the slots, with one gap)
      5. recreate  service web     (web cannot be two at once: it is replaced stop-first)
      6. recreate  service worker  (worker cannot be two at once: it is replaced stop-first)
      7. verify    release v2      (web cannot be proven before: what fails is taken back)
      8. promote   slot green      (the candidate is proven: it becomes the stable slot)
      9. retire    slot blue       (the release has nothing in slots: what was there serves nobody)"
    `);
  });

  it("a web service that is a support service in base from now on: its door gives it the port at the cutover", () => {
    const admin = aService("admin");
    const observed = aStack({ services: [aService("web"), admin], live });
    const support = { ...admin, role: "support", strategy: "recreate" } as const;
    const plan = planDeployment(desired({ services: [aService("web"), support], config: aConfig() }), observed);
    expect(plan.steps.slice(5, 8).map(({ kind, target, cause }) => `${kind} ${target}: ${cause}`)).toEqual([
      "shift web to 50 %: 50 % of the users meet the candidate first",
      "close door admin: admin is in base from now on: it takes the place of its door, with one short gap",
      "base support admin: not there yet",
    ]);
    expect(plan.steps.filter((step) => step.kind === "base" || step.kind === "close")).toHaveLength(2);
  });

  it.each(["running", "restarting", "paused"] as const)(
    "a release without the worker that is %s: it stops",
    (state) => {
      const stack = aStack({ services, live });
      const containers = stack.slots.blue.containers.map((one) => (one.service === "worker" ? { ...one, state } : one));
      const observed = { ...stack, slots: { ...stack.slots, blue: { ...stack.slots.blue, containers } } };
      const wanted = services.filter(({ role }) => role !== "worker");
      const { steps } = planDeployment(desired({ services: wanted }), observed);
      expect(steps.filter(({ kind }) => kind === "workers")).toMatchObject([{ target: "worker" }]);
    },
  );

  it("a release without a service and a worker that the previous has, whose slot is removed in the end", () => {
    const before = [...services, aService("admin")];
    const wanted = desired({
      services: services.filter(({ role }) => role !== "worker"),
      config: aConfig({ rollout: { keep: "removed" } }),
    });
    expect(formatPlan(planDeployment(wanted, aStack({ services: before, live })))).toMatchInlineSnapshot(`
      " 1. build     release v2      (no such release is stored)
       2. networks  links of green  (slot green needs the networks of base)
       3. job       job migrate     (migrate runs once for each release; meanwhile release v2 gets slot green)
       4. start     web in green    (the candidate must be ready before anyone meets it)
       5. verify    release v2      (a candidate is proven through the door before users meet it)
       6. shift     web to 50 %     (50 % of the users meet the candidate first)
       7. shift     web to 100 %    (cutover)
       8. workers   worker          (no workers of the release are in slots: old ones stop)
       9. drain     slot blue       (requests that the previous accepted may end)
      10. promote   slot green      (the candidate is proven: it becomes the stable slot)
      11. close     door admin      (the release has no admin)
      12. retire    slot blue       (rollout.keep is removed)"
    `);
  });

  it("a deployment that finds leftovers and users at the idle slot", () => {
    const observed = aStack({
      services,
      live,
      doors: { web: aDoor("web", { stable: "blue", share: 30, salt: 0 }) },
      leftovers: [{ severity: "warn", code: "leftover-job", message: "job container migrate is left" }],
    });
    expect(formatPlan(planDeployment(desired({ config: aConfig() }), observed)).split("\n")[0]).toMatchInlineSnapshot(
      `" 1. recover   leftovers and routes  (job container migrate is left; door web does not lead all users to blue for good)"`,
    );
  });

  it("links that a base container lacks in the slot that users reach, also where the release is live", () => {
    const missingLinks = ["blue", "green"].map((slot) => ({
      slot: slot as "blue" | "green",
      service: "db",
      container: "shop-db-1",
      link: `shop-${slot}_link_default`,
      aliases: ["db"],
    }));
    const observed = aStack({ services, live, warm: "r-0", missingLinks });
    expect(formatPlan(planDeployment(desired({ bundleId: "r-1" }), observed))).toMatchInlineSnapshot(
      `"1. networks  links of blue  (shop-db-1 is not on shop-blue_link_default)"`,
    );
    expect(planDeployment(desired(), observed).steps[0]).toMatchObject({ kind: "networks", slot: "blue" });
    expect(planWarmRollback(services, config, observed).steps[0]).toMatchObject({ kind: "networks", slot: "green" });
  });

  it("networks that a base container was taken from, with the links that follow from them", () => {
    const network = { container: "shop-db-1", network: "shop_default", aliases: ["db"], addresses: [] };
    const db = { service: "db", state: "current", reason: "", containers: [], lost: [network] } as const;
    const observed = aStack({ services, live, base: { db } });
    expect(formatPlan(planDeployment(desired({ bundleId: "r-1" }), observed))).toMatchInlineSnapshot(`
      "1. networks  networks of base, links of blue  (shop-db-1 is not on shop_default)
      2. base      edge proxy                       (not there yet)"
    `);
    expect(planDeployment(desired(), observed).steps[0]).toMatchObject({ kind: "networks", slot: "blue" });
  });

  it("doors that are as wanted, where their replacement was asked for", () => {
    const wanted = desired({ bundleId: "r-1", replaceDoors: true });
    const { steps } = planDeployment(wanted, aStack({ services, live }));
    expect(steps).toMatchObject([
      { kind: "door", service: "web", replaces: true, renews: true, cause: "asked for; one short gap" },
    ]);
  });

  it("the way back to a warm release", () => {
    expect(
      formatPlan(planWarmRollback(services, config, aStack({ services, live, warm: "r-0" }))),
    ).toMatchInlineSnapshot(`
      "1. shift    web to green  (slot green is warm: going back is a change of route)
      2. workers  worker        (never two of one: old ones stop, then new ones start)
      3. drain    slot blue     (requests that the version left behind accepted may end)
      4. promote  slot green    (it is the stable slot again)"
    `);
  });
});
