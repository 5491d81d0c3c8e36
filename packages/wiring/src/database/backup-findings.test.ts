import { aConfig, aProject, aService } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { backupFindings } from "./backup-findings.ts";

const db = aService("db", { role: "data" });
const images = { db: "postgres:16", stats: "mariadb:11", cache: "redis:7", search: "elasticsearch:8" };
const found = (config: Parameters<typeof aConfig>[0], ...services: ReturnType<typeof aService>[]) =>
  backupFindings(aConfig(config), aProject({ services, images }));

describe("a database of which no backup is taken", () => {
  it("is found where no section says what is to become of it", () => {
    expect(found({}, aService("web"), db)).toEqual([
      {
        severity: "warn",
        code: "no-backup",
        service: "db",
        message: "no backup of database db is taken before a new release may change what it holds",
        hint: "database: {} in sluice.yaml has one taken and restored before each new release; database: { beforeDeploy: none } says that you see to that yourselves",
      },
    ]);
  });

  it("is found with the jobs that may change it", () => {
    const [finding] = found(
      {},
      db,
      aService("migrate", { role: "job" }),
      aService("seed", { role: "job", active: false }),
    );
    expect(finding?.message).toContain("before migrate of a new release may change");
  });

  it("is one of several, of which one can be named", () => {
    const several = found({}, db, aService("stats", { role: "data" }));
    expect(several.map(({ service }) => service)).toEqual(["db", "stats"]);
    expect(several[1]?.hint).toContain("name the one that is backed up: database: { service: stats } in sluice.yaml");
    expect(several[1]?.hint).toContain("database: { service: stats, beforeDeploy: none } says");
  });

  it.each([
    ["a backup is configured", found({ database: {} }, db)],
    ["people said that they see to it", found({ database: { beforeDeploy: "none" } }, db)],
    ["no image is a known one", found({}, aService("cache", { role: "data" }), aService("search", { role: "data" }))],
    ["it is not to be started", found({}, aService("db", { role: "data", active: false }))],
    ["it is a tool", found({}, aService("db", { role: "tool" }))],
  ])("is none where %s", (_, findings) => {
    expect(findings).toEqual([]);
  });
});
