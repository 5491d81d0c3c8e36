import { aConfig, aProject, aService } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { jobsNotRun, jobsTakenBack } from "./jobs-not-run.ts";

const services = [aService("web"), aService("db", { role: "data" }), aService("migrate", { role: "job" })];
type Seen = Parameters<typeof jobsNotRun>[1];
const found = (
  over: Partial<Parameters<typeof jobsNotRun>[0]>,
  base: object,
  model: Seen["model"] = aProject({ services }).model,
  database?: string,
) =>
  jobsNotRun(
    { tag: "v1", services, ...over },
    {
      model,
      observed: { base: base as Seen["observed"]["base"] },
      config: aConfig(database ? { database: { service: database } } : {}),
    },
    { steps: [] },
  );

describe("going back to a release that was live", () => {
  it("tells that its jobs do not run where its data is not there", () => {
    expect(found({}, {})).toMatchObject([
      {
        severity: "warn",
        code: "jobs-not-run",
        message: expect.stringMatching(/^migrate will not run: v1 was live before, .*; db is made anew here$/),
        hint: expect.stringContaining("sluice db restore"),
      },
    ]);
    expect(found({}, { db: { containers: [] } })).toHaveLength(1);
  });

  it("has nothing to tell where its data is there, also stopped, or without jobs or data", () => {
    expect(found({}, { db: { containers: [{ state: "exited" }] } })).toEqual([]);
    expect(found({}, {}, aProject({ services, volumes: { db: "data" } }).model)).toEqual([]);
    expect(found({ services: services.slice(0, 2) }, {})).toEqual([]);
    expect(found({ services: [aService("web"), aService("migrate", { role: "job" })] }, {})).toEqual([]);
  });

  it("has nothing to tell of data in a directory of the machine, of what is scaled to nothing, or of a cache beside the database", () => {
    const { model } = aProject({ services });
    const bound = (over: object) => {
      const volumes = [{ type: "bind", source: "/srv/db", target: "/var/lib/db", ...over }];
      return { ...model, services: { ...model.services, db: { ...model.services["db"], volumes } } };
    };
    expect(found({}, {}, bound({}))).toEqual([]);
    expect(found({}, {}, bound({ read_only: true }))).toHaveLength(1);
    const elsewhere = services.map((service) => (service.role === "data" ? { ...service, replicas: 0 } : service));
    expect(found({ services: elsewhere }, {})).toEqual([]);
    const cached = [...services, aService("redis", { role: "data" })];
    const db = { db: { containers: [{ state: "running" }] } };
    expect(found({ services: cached }, db)).toHaveLength(1);
    expect(found({ services: cached }, db, model, "db")).toEqual([]);
  });
});

describe("a release that was live, and whose work on the data was taken away", () => {
  const told = (fate: Parameters<typeof jobsTakenBack>[1], steps: readonly object[] = []) =>
    jobsTakenBack({ tag: "v1", services }, fate, { steps } as Parameters<typeof jobsTakenBack>[2]);

  it("is told where its jobs do not run, with what runs them", () => {
    for (const fate of ["away", "unsure"] as const)
      expect(told(fate)).toMatchObject([
        { severity: "warn", code: "jobs-not-run", hint: expect.stringContaining("sluice db migrate v1") },
      ]);
    expect(told("unsure")[0]?.message).toContain("is not known");
  });

  it("is not told where they run, or where it is there for all that is known", () => {
    expect(told("away", [{ kind: "job" }])).toEqual([]);
    expect([...told("there"), ...told("unknown")]).toEqual([]);
  });
});
