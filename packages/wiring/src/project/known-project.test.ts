import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError, type SluiceEvent } from "@sluice/core";
import { deploy, foreseeRollback, rollback } from "@sluice/engine";
import { aConfig, aProject, aRequest, createFakeWorld } from "@sluice/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { once } from "../once.ts";
import type { Session } from "../session.ts";
import { readProcesses, readStatus, readTraffic } from "../status/status.ts";
import { rollbackRequest } from "./deployment-requests.ts";
import { knownProject, projectOfWayBack } from "./known-project.ts";

const signal = new AbortController().signal;
const secret = "correct-horse-battery";
const project = (() => {
  const { model, ...rest } = aProject();
  const web = { ...model.services["web"], environment: { API_TOKEN: secret } };
  return { ...rest, model: { ...model, services: { ...model.services, web } } };
})();
const facts = { stack: "shop", homeId: "home", previewSecret: "secret of the preview", config: aConfig() };

const unset = new SluiceError(
  "COMPOSE_INVALID",
  "Compose does not accept the project: required variable DB is missing",
  { hint: "set DB in the environment", position: { file: "compose.yaml", line: 3, column: 5 } },
);

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-known-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** A session of a stack to which these were deployed. */
async function aSession(tags: readonly string[], error: Error = unset, more: Partial<Session> = {}) {
  const world = createFakeWorld();
  const initiator = { actor: "tester", reason: "a test" };
  for (const tag of tags) {
    const request = { ...facts, ...initiator, project, release: aRequest(tag) };
    expect(await deploy(request, world.ports(), signal)).toMatchObject({ outcome: "live" });
  }
  const ports = world.ports();
  const events: SluiceEvent[] = [];
  const options = { directory, env: {}, actor: "tester", stack: "shop" };
  const session = {
    options,
    clock: world.clock,
    config: async () => facts.config,
    facts: async () => facts,
    stack: async () => "shop",
    home: async () => ({ id: "home", path: directory, clock: world.clock }),
    ports: async () => ports,
    project: () => Promise.reject(error),
    runtime: () => ({ inspect: async () => null }),
    lastWord: { sink: (event: SluiceEvent) => events.push(event) },
    known: once(() => knownProject(session)),
    ...more,
  } as unknown as Session;
  return { session, ports, events };
}

describe("a stack whose checkout cannot be resolved", () => {
  it("is known by the release that was made live last, and by nothing but its checkout where that can be", async () => {
    const { session } = await aSession(["v1", "v2"]);
    expect(await session.known()).toMatchObject({
      project: { stack: "shop", services: project.services, model: project.model },
      standIn: { tag: "v2", finding: { code: "stored-project", position: unset.position, hint: unset.hint } },
    });
    expect((await session.known()).project.secrets).toContain(secret);
    const { session: whole } = await aSession(["v1"], unset, { project: async () => project });
    expect(await whole.known()).toMatchObject({ project, standIn: null });
  });

  it("is shown as it is, with what keeps the checkout from being resolved", async () => {
    const { session } = await aSession(["v1", "v2"]);
    const { serving, findings, standIn } = await readStatus(session);
    expect(serving).toMatchObject({ tag: "v2", share: 100 });
    expect(findings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      `stored-project: ${unset.message}; what is stored of v2, which was made live last, is used in its place`,
    ]);
    expect(standIn).toMatchObject({ tag: "v2" });
    expect((await readProcesses(session)).some(({ service, live }) => service === "web" && live)).toBe(true);
    expect(await readTraffic(session)).toMatchObject([{ service: "web" }]);
  });

  it("goes back, which is told once, and is then known by the release it went back to", async () => {
    await writeFile(join(directory, "compose.yaml"), "services: [\n");
    const { session, ports, events } = await aSession(["v1", "v2"]);
    const call = { reason: "orders fail" };
    const { plan } = await foreseeRollback(await rollbackRequest(session, call, signal), ports, signal);
    expect(plan.steps.map(({ kind }) => kind)).toContain("shift");
    const request = await rollbackRequest(session, call, signal);
    expect(await rollback(request, ports, signal)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(events).toMatchObject([{ type: "finding", finding: { code: "stored-project" } }]);
    expect((await knownProject(session)).standIn).toMatchObject({ tag: "v1" });
  });

  it("goes back cold from what is stored", async () => {
    await writeFile(join(directory, "compose.yaml"), "services: [\n");
    const { session, ports } = await aSession(["v1", "v2", "v3"]);
    const request = await rollbackRequest(session, { to: "v1" }, signal);
    expect(await rollback(request, ports, signal)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  });

  it("does not go back by the defaults of the configuration, where nothing of the project is", async () => {
    const { session } = await aSession(["v1", "v2"]);
    await expect(projectOfWayBack(session)).rejects.toMatchObject({
      code: "USAGE",
      hint: expect.stringContaining("--config"),
    });
    const configFile = join(directory, "empty.yaml");
    await writeFile(configFile, "");
    const named = { ...session, options: { ...session.options, configFile } } as Session;
    expect(await projectOfWayBack(named)).toMatchObject({ stack: "shop" });
  });

  it("has it told that no environment is named, where there are some", async () => {
    await writeFile(join(directory, "sluice.yaml"), "environments: { production: {} }");
    const { session } = await aSession(["v1"]);
    expect((await session.known()).standIn?.finding.hint).toContain("--env, where it is one of production");
  });

  it("is refused with the mistake itself where nothing is stored", async () => {
    const { session } = await aSession([]);
    await expect(session.known()).rejects.toMatchObject({
      code: "COMPOSE_INVALID",
      message: unset.message,
      position: unset.position,
      hint: `set DB in the environment; no release of shop is stored in ${directory} to go by`,
    });
  });

  it("is known by what is stored where the configuration speaks of another one, and not where that has a mistake", async () => {
    const other = new SluiceError("CONFIG_INVALID", "services.api: the compose files have no service of the name api");
    const { session } = await aSession(["v1"], other);
    expect((await session.known()).standIn).toMatchObject({ tag: "v1" });
    const broken = new SluiceError("CONFIG_INVALID", "rolout is no setting");
    const { session: refused } = await aSession(["v1"], broken, { config: () => Promise.reject(broken) });
    await expect(refused.known()).rejects.toBe(broken);
  });

  it("is refused where something else failed", async () => {
    const missing = new SluiceError("COMPOSE_MISSING", "docker has no compose plugin");
    await expect((await aSession(["v1"], missing)).session.known()).rejects.toBe(missing);
  });
});
