import { describe, expect, it } from "vitest";
import type { ObservedBaseService, ObservedContainer } from "../../model/stack.ts";
import { aContainer, aService, aStack } from "../../testing/index.ts";
import { collectSteps } from "./collect-steps.ts";
import { addBase, addRecreated, isLate } from "./plan-base.ts";

const current = (service: string) => ({ service, state: "current", reason: "", containers: [] }) as const;

it("a base service that is built with the release is looked at after the build, others that are current are not", () => {
  const observed = aStack({ base: { db: current("db"), mail: current("mail") } });
  const base = [aService("db", { role: "data", builds: true }), aService("mail", { role: "support" })];
  const planned = (isBuilt: boolean) => {
    const { steps, add } = collectSteps();
    addBase(add, base, observed, { isBuilt });
    return steps.map(({ target, cause }) => `${target}: ${cause}`);
  };
  expect(planned(true)).toEqual(["data db: built with the release; replaced only if its image differs"]);
  expect(planned(false)).toEqual([]);
});

describe("a service that mounts files which changed", () => {
  const files = { proxy: ["site.conf"], app: ["a", "b", "c", "d"] };
  const planned = (seen: Partial<ObservedBaseService> = {}, name = "proxy") => {
    const base = { [name]: { ...current(name), containers: [aContainer(name, { id: "c1" })], ...seen } };
    const { steps, add } = collectSteps();
    if (name === "app") addRecreated(add, [aService(name, { strategy: "recreate" })], aStack({ base }), { files });
    else addBase(add, [aService(name, { role: "edge" })], aStack({ base }), { files });
    return steps.map((step) => ({ cause: step.cause, renews: "renews" in step ? step.renews : undefined }));
  };

  it("is replaced though its definition is the same", () => {
    expect(planned()).toEqual([{ cause: "site.conf, which it mounts, changed", renews: ["c1"] }]);
    expect(planned({}, "app")).toMatchObject([{ renews: ["c1"] }]);
  });

  it("is replaced whole where one more of it is wanted, and is only made where it is not there", () => {
    const reason = "1 container, 2 are wanted";
    const both = [{ cause: `${reason}; site.conf, which it mounts, changed`, renews: ["c1"] }];
    expect(planned({ state: "changed", reason })).toEqual(both);
    const absent = { state: "absent", reason: "it is not there yet", containers: [] } as const;
    expect(planned(absent)).toEqual([{ cause: "it is not there yet", renews: undefined }]);
  });

  it("is told with few of them", () => {
    const { steps, add } = collectSteps();
    addBase(add, [aService("app", { role: "support" })], aStack({ base: { app: current("app") } }), { files });
    expect(steps.map(({ cause }) => cause)).toEqual(["a, b, c and 1 more, which it mounts, changed"]);
  });
});

it("an application of the release that serves works until users have moved, where anything of it runs", () => {
  const app = aService("app", { strategy: "recreate" });
  const support = aService("app", { role: "support" });
  const seen = (...states: readonly ObservedContainer["state"][]) =>
    aStack({ base: { app: { ...current("app"), containers: states.map((state) => aContainer("app", { state })) } } });
  expect(isLate(support, [app], seen("exited", "running"))).toBe(true);
  for (const idle of [seen(), seen("exited"), aStack()]) expect(isLate(support, [app], idle)).toBe(false);
  for (const before of [undefined, [support], [{ ...app, active: false }]])
    expect(isLate(support, before, seen("running"))).toBe(false);
  expect(isLate({ ...support, role: "data" }, [app], seen("running"))).toBe(false);
  for (const service of [app, aService("proxy", { role: "edge" })]) expect(isLate(service, [], aStack())).toBe(true);
});
