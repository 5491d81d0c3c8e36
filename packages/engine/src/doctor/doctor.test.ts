import { type Diagnosis, type Examiner, SluiceError } from "@sluice/core";
import { aContainer, aProject, aStack, createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, killedAt, shopServices } from "../../test/support/scenario.ts";
import { lastAttempt } from "../record/read-attempts.ts";
import { engineDiagnoses } from "./engine-diagnoses.ts";
import { examine } from "./examine.ts";
import { projectDiagnoses } from "./project-diagnoses.ts";
import { type RecordFacts, recordDiagnoses } from "./record-diagnoses.ts";
import { stackDiagnoses } from "./stack-diagnoses.ts";

const live = { slot: "blue", release: "r1" } as const;
const codes = (diagnoses: readonly Diagnosis[]) => diagnoses.map(({ severity, code }) => `${severity} ${code}`);

describe("a healthy stack", () => {
  it("has no diagnosis after a deployment, and after the next one", async () => {
    const scenario = aScenario();
    const project = aProject({ services: shopServices });
    for (const tag of ["v1", "v2"]) {
      await scenario.deploy(tag);
      const { observer, journal } = scenario.world.ports();
      expect(stackDiagnoses(await observer.observe(project), false)).toEqual([]);
      const now = scenario.world.clock.now();
      const last = await lastAttempt(journal);
      expect(recordDiagnoses({ last, now, isDeploying: false, chainProblems: [], observed: null })).toEqual([]);
    }
  });

  it("may have parts of a deployment that is under way", () => {
    const renamed = {
      severity: "warn",
      code: "leftover-name",
      message: "door x serves and is not called y yet",
    } as const;
    expect(stackDiagnoses(aStack({ live, leftovers: [renamed] }), false)).toMatchObject([
      { code: "leftover-name", mend: expect.stringContaining("gives it its name") },
    ]);
    const leftovers = [{ severity: "warn", code: "leftover-job", message: "job container x is left" }] as const;
    expect(stackDiagnoses(aStack({ live, leftovers }), true)).toEqual([]);
  });

  it("has no diagnosis, with and without a deployment", () => {
    expect(stackDiagnoses(aStack({ live, warm: "r0" }), false)).toEqual([]);
    expect(stackDiagnoses(aStack(), false)).toEqual([]);
    expect(stackDiagnoses(aStack({ plain: [aContainer("web")] }), false)).toEqual([]);
  });
});

describe("the doctor finds, in a stack,", () => {
  const healthy = aStack({ live });
  const [web = aContainer("web")] = healthy.slots.blue.containers;
  const withContainer = (over: object) =>
    ({
      ...healthy,
      slots: { ...healthy.slots, blue: { ...healthy.slots.blue, containers: [{ ...web, ...over }] } },
    }) as const;

  it.each([
    ["a live container that is unhealthy", withContainer({ health: "unhealthy" }), "error live-ill", /^docker logs/],
    ["a live container that restarts", withContainer({ state: "restarting" }), "error live-ill", /rollback/],
    [
      "what is left of an attempt",
      { ...healthy, leftovers: [{ severity: "warn", code: "leftover-job", message: "job container x is left" }] },
      "warn leftover-job",
      /sluice deploy/,
    ],
  ] as const)("%s", (_title, observed, code, mend) => {
    const diagnoses = stackDiagnoses(observed, false);
    expect(codes(diagnoses)).toContain(code);
    const found = diagnoses.find((one) => code.endsWith(one.code));
    expect(found?.mend).toMatch(mend);
    expect(found?.why).not.toBe("");
  });
});

describe("the doctor finds, in the record,", () => {
  const clean: RecordFacts = {
    last: null,
    now: new Date("2026-01-01T01:00:00Z"),
    isDeploying: false,
    chainProblems: [],
    observed: null,
  };
  const lastOf = (scenario: ReturnType<typeof aScenario>) => lastAttempt(scenario.world.ports().journal);

  it("nothing where all is well", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    expect(recordDiagnoses(clean)).toEqual([]);
    expect(recordDiagnoses({ ...clean, last: await lastOf(scenario) })).toEqual([]);
  });

  it("an attempt without an end, unless it is under way", async () => {
    const scenario = aScenario();
    await killedAt(scenario, 20, () => scenario.deploy("v1"));
    const last = await lastOf(scenario);
    expect(codes(recordDiagnoses({ ...clean, last }))).toEqual(["error attempt-unfinished"]);
    expect(recordDiagnoses({ ...clean, last, isDeploying: true })).toEqual([]);
  });

  it.each([
    ["before its release is stored", "images.build v2", "sluice abort to undo it: its release was not stored"],
    [
      "when nothing is decided",
      "journal.append step-outcome verify-1",
      "sluice resume to finish it, or sluice abort to undo it",
    ],
    [
      "once it is promoted",
      "journal.append step-outcome retire-1",
      "sluice resume to finish it: its release is promoted",
    ],
  ])("what can be done about one that ended %s", async (_title, effect, mend) => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.restart();
    let isDead = false;
    scenario.world.calls.fault = ({ name }) => {
      isDead ||= name === effect;
      return isDead ? "crash" : undefined;
    };
    await scenario.deploy("v2").catch(() => undefined);
    scenario.world.restart();
    expect(recordDiagnoses({ ...clean, last: await lastOf(scenario) })[0]?.mend).toBe(mend);
  });

  it("a broken chain, and a clock that went back", async () => {
    const broken = recordDiagnoses({ ...clean, chainProblems: ["line 3 was edited", "line 4 was edited"] });
    expect(broken[0]?.what).toBe("the journal is not as it was written: line 3 was edited (and 1 more)");
    const scenario = aScenario();
    await scenario.deploy("v1");
    const last = await lastOf(scenario);
    const now = new Date("2025-12-31T00:00:00Z");
    expect(codes(recordDiagnoses({ ...clean, last, now }))).toEqual(["error clock-behind"]);
  });
});

describe("the doctor finds", () => {
  const facts = { engineVersion: "28", composeVersion: "2.40", freeDiskBytes: 5_000_000_000, findings: [] };

  it("a disk that is too full, where it can see it", () => {
    expect(engineDiagnoses(facts, 1_000_000_000)).toEqual([]);
    expect(engineDiagnoses({ ...facts, freeDiskBytes: null }, 1_000_000_000)).toEqual([]);
    expect(codes(engineDiagnoses({ ...facts, freeDiskBytes: 5 }, 1_000_000_000))).toEqual(["error disk-low"]);
  });

  it("variables that are not set or cut, and what is refused; but not advice", () => {
    const position = { file: ".env", line: 2, column: 3 };
    const diagnoses = projectDiagnoses([
      { severity: "warn", code: "variable-not-set", message: "variable X is cut at its $", hint: "quote it", position },
      { severity: "error", code: "cannot-be-two", message: "web cannot be two" },
      { severity: "info", code: "no-health-check", message: "web has no health check" },
      { severity: "warn", code: "role-unsure", message: "?" },
    ]);
    expect(diagnoses).toMatchObject([
      { severity: "warn", what: ".env:2:3: variable X is cut at its $", mend: "quote it" },
      { severity: "error", code: "cannot-be-two", why: "deployments are refused" },
    ]);
  });
});

describe("an examination", () => {
  const examiner = (name: string, look: Examiner["examine"]): Examiner => ({ name, examine: look });
  const ill: Diagnosis = { severity: "warn", code: "live-ill", what: "x", why: "y", mend: "z" };

  it("asks everybody, whatever becomes of one of them, and tells errors first", async () => {
    const clock = createFakeClock();
    const report = await examine(
      [
        examiner("journal", async () => [ill]),
        examiner("engine", async () => {
          throw new SluiceError("ENGINE_UNREACHABLE", "no engine", { hint: "systemctl start docker" });
        }),
        examiner("stack", async () => {
          throw new SluiceError("ENGINE_UNREACHABLE", "no engine", { hint: "systemctl start docker" });
        }),
        examiner("clock", () => new Promise(() => {})),
        examiner("home", async () => []),
      ],
      clock,
    );
    expect(report.examined).toEqual(["journal", "engine", "stack", "clock", "home"]);
    expect(codes(report.diagnoses)).toEqual(["error engine-unreachable", "error not-examined", "warn live-ill"]);
    expect(report.diagnoses[0]).toMatchObject({ what: "no engine", mend: "systemctl start docker" });
    expect(report.ok).toBe(false);
    expect(clock.monotonicMs()).toBeLessThan(40_000);
  });

  it("that finds nothing says so", async () => {
    const report = await examine([examiner("home", async () => [])], createFakeClock());
    expect(report).toEqual({ ok: true, examined: ["home"], diagnoses: [] });
  });

  it("ends when it is interrupted", async () => {
    const interrupted = AbortSignal.abort(new Error("asked to stop"));
    await expect(examine([examiner("home", async () => [])], createFakeClock(), interrupted)).rejects.toThrow(
      "asked to stop",
    );
  });
});
