import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import { aConfig, aService } from "../../testing/index.ts";
import { inTurn } from "./early-jobs.ts";

const data = (name: string, over: Partial<ServiceFacts> = {}) => aService(name, { role: "data", ...over });
const job = (name: string, over: Partial<ServiceFacts> = {}) => aService(name, { role: "job", ...over });
const awaiting = (...names: readonly string[]) => ({ dependsOn: names, awaits: names });

/** `NAME`, or `JOB<BASE` for a job with the base service that waits for it. */
function turnsOf(active: readonly ServiceFacts[], config = aConfig()): readonly string[] {
  const jobs = active.filter(({ role }) => role === "job");
  const made = active.filter(({ role }) => role === "data" || role === "support");
  return inTurn({ made, jobs, active, config }).map(({ service: { name }, before }) =>
    before === undefined ? name : `${name}<${before}`,
  );
}

describe("a job runs before the base service that waits for it to end", () => {
  it("and as late as that allows", () => {
    const services = [data("search", awaiting("certs")), job("certs"), data("db")];
    expect(turnsOf(services)).toEqual(["db", "certs<search", "search"]);
  });

  it("after the base services that it needs itself", () => {
    const seed = job("seed", { dependsOn: ["search"] });
    const ui = aService("ui", { role: "support", ...awaiting("seed") });
    expect(turnsOf([ui, seed, job("certs"), data("search", awaiting("certs"))])).toEqual([
      "certs<search",
      "search",
      "seed<ui",
      "ui",
    ]);
  });

  it("through whatever else stands between them", () => {
    const services = [data("replica", { dependsOn: ["web"] }), aService("web", awaiting("certs")), job("certs")];
    expect(turnsOf(services)).toEqual(["certs<replica", "replica"]);
    expect(turnsOf([data("db", awaiting("second")), job("second", awaiting("first")), job("first")])).toEqual([
      "first<db",
      "second<db",
      "db",
    ]);
  });

  it("and not before one that only wants it started: it may be waiting for that", () => {
    const services = [
      data("search", { dependsOn: ["setup"] }),
      job("setup"),
      data("ui", awaiting("certs")),
      job("certs"),
    ];
    expect(turnsOf(services)).toEqual(["search", "certs<ui", "ui"]);
  });

  it("a job that is not part of the release holds up nothing", () => {
    expect(turnsOf([data("db", awaiting("certs"))])).toEqual(["db"]);
  });
});

describe("a configured migration", () => {
  const config = aConfig({ database: { service: "db", migrate: { service: "web", command: ["migrate"] } } });
  const migration = job("web-migrate", { dependsOn: ["db"] });
  const ui = aService("ui", { role: "support", ...awaiting("fill") });

  it("comes before an early job that needs its database", () => {
    const services = [migration, data("db"), ui, job("fill", { dependsOn: ["db"] })];
    expect(turnsOf(services, config)).toEqual(["db", "web-migrate<ui", "fill<ui", "ui"]);
  });

  it("waits for what its database waits for, and holds up no other job", () => {
    const services = [migration, data("db", awaiting("certs")), job("certs"), ui, job("fill")];
    expect(turnsOf(services, config)).toEqual(["certs<db", "db", "fill<ui", "ui"]);
  });
});

/** Services of any role; each depends on some of the ones before it, or on any where cycles are wanted. */
const graphs = (hasCycles: boolean) =>
  fc
    .array(
      fc.record({
        role: fc.constantFrom("data" as const, "support" as const, "job" as const, "job" as const, "web" as const),
        needs: fc.uniqueArray(fc.nat(9), { maxLength: 3 }),
        awaits: fc.boolean(),
      }),
      { minLength: 1, maxLength: 10 },
    )
    .map((all) =>
      all.map(({ role, needs, awaits }, index) => {
        const dependsOn = needs.filter((at) => at < (hasCycles ? all.length : index)).map((at) => `s${at}`);
        return aService(`s${index}`, { role, dependsOn, ...(awaits ? { awaits: dependsOn } : {}) });
      }),
    )
    .chain((services) => fc.shuffledSubarray(services, { minLength: services.length }));

/** Written anew, and slowly: who must have come before a service. */
function needed(services: readonly ServiceFacts[], of: ServiceFacts): ReadonlySet<string> {
  const found = new Set<string>();
  let last = -1;
  while (found.size > last) {
    last = found.size;
    for (const { name, dependsOn, awaits = [] } of services) {
      if (name !== of.name && !found.has(name)) continue;
      for (const other of services) {
        const counts = other.role !== "job" || awaits.includes(other.name);
        if (dependsOn.includes(other.name) && counts) found.add(other.name);
      }
    }
  }
  return found;
}

describe("of any services", () => {
  it("each base service has one turn, each job that one waits for has one, and no other job has", () => {
    fc.assert(
      fc.property(fc.boolean().chain(graphs), (services) => {
        const turns = turnsOf(services);
        const made = services.filter(({ role }) => role === "data" || role === "support");
        const awaited = services.filter(
          ({ name, role }) => role === "job" && made.some((one) => needed(services, one).has(name)),
        );
        const names = turns.map((turn) => turn.replace(/<.*/, ""));
        expect(names.toSorted()).toEqual([...made, ...awaited].map(({ name }) => name).toSorted());
        // Jobs are those that say for whom they run, in cycles too.
        expect(turns.filter((turn) => turn.includes("<"))).toHaveLength(awaited.length);
      }),
      { numRuns: 500 },
    );
  });

  it("nothing comes before what it needs, and no job before a base service that could do without", () => {
    fc.assert(
      fc.property(graphs(false), (services) => {
        const turns = turnsOf(services);
        const names = turns.map((turn) => turn.replace(/<.*/, ""));
        const isEarly = (name: string) => turns.some((turn) => turn.startsWith(`${name}<`));
        if (!names.some(isEarly)) return;
        const firstJob = names.findIndex(isEarly);
        for (const [index, name] of names.entries()) {
          const needs = needed(services, services.find((one) => one.name === name) ?? aService(name));
          expect(names.slice(index + 1).filter((later) => needs.has(later))).toEqual([]);
          const couldDoWithout = !isEarly(name) && ![...needs].some(isEarly);
          expect(index > firstJob && couldDoWithout).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
