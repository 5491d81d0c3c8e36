import type { DeploymentPlan, Finding, FindingCode } from "@sluice/core";
import { aConfig, aProject, aService } from "@sluice/testing";
import { expect, it } from "vitest";
import type { Session } from "../session.ts";
import { deployRequest, planView, rollbackRequest } from "./deployment-requests.ts";

const finding = (code: FindingCode): Finding => ({ severity: "warn", code, message: code });
const plan: DeploymentPlan = { kind: "deploy", candidate: "green", previous: "blue", steps: [] };

it("a plan shows what is found of the project, of the stack and beyond, each once", () => {
  const ofProject = finding("variable-not-set");
  const request = { project: aProject({ findings: [ofProject] }) };
  const codes = (prepared: { readonly findings?: readonly Finding[] }, beyond?: readonly Finding[]) =>
    planView(request, { plan, release: null, ...prepared }, null, "v1", beyond).findings.map(({ code }) => code);
  expect(codes({ findings: [finding("orphan-data"), ofProject] }, [finding("two-versions")])).toEqual([
    "variable-not-set",
    "orphan-data",
    "two-versions",
  ]);
  expect(codes({})).toEqual(["variable-not-set"]);
});

/** A session of a project with these databases, one of which is to be backed up; which one, nobody has said. */
const aSession = (...databases: readonly string[]) => sessionOf({ database: {} }, databases);

function sessionOf(written: Parameters<typeof aConfig>[0], databases: readonly string[]): Session {
  const services = [aService("web"), ...databases.map((name) => aService(name, { role: "data" }))];
  const images = Object.fromEntries(databases.map((name) => [name, "postgres:16"]));
  const project = aProject({ services, images });
  return {
    options: { actor: "mira", env: {} },
    project: async () => project,
    known: async () => ({ project, standIn: null, tell: async () => undefined }),
    facts: async () => ({ stack: "shop", homeId: "h", previewSecret: "s", config: aConfig(written) }),
  } as unknown as Session;
}
const back = (...databases: readonly string[]) => rollbackRequest(aSession(...databases), {}, undefined);

it("a way back names the database", async () => {
  expect((await back("db")).config.database).toMatchObject({ service: "db", kind: "postgres" });
});

it.each([[[]], [["orders", "users"]]])(
  "a way back is not refused for a database that nobody can tell: %j",
  async (databases) => {
    const { config } = await back(...databases);
    expect(config.database).toBeDefined();
    expect(config.database?.service).toBeUndefined();
  },
);

it("a deployment tells of a database that nobody backs up, and a way back does not", async () => {
  const release = { tag: "v2", commit: null, dirty: false, source: "option" } as const;
  const session = sessionOf({}, ["db"]);
  const { project } = await deployRequest(session, { release }, undefined, { withChecks: false });
  expect(project.findings).toMatchObject([{ code: "no-backup", service: "db" }]);
  expect((await rollbackRequest(session, {}, undefined)).project.findings).toEqual([]);
});

it("a deployment is", async () => {
  const release = { tag: "v2", commit: null, dirty: false, source: "option" } as const;
  const refused = deployRequest(aSession("orders", "users"), { release }, undefined, { withChecks: false });
  await expect(refused).rejects.toMatchObject({ code: "DATABASE_UNKNOWN" });
});
