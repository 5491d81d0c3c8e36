import { SluiceError } from "@sluice/core";
import { deploy, readAttempts } from "@sluice/engine";
import { aConfig, aProject, aRequest, createFakeWorld } from "@sluice/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { readReport } from "./report.ts";
import type { Session } from "./session.ts";

const secret = "correct-horse-battery";
const project = (() => {
  const { model, ...rest } = aProject();
  const web = { ...model.services["web"], environment: { API_TOKEN: secret } };
  return { ...rest, model: { ...model, services: { ...model.services, web } } };
})();
const facts = { stack: "shop", homeId: "home", previewSecret: "secret of the preview", config: aConfig() };

/** A stack to which `v1` and `v2` were deployed; the reason for the second holds what nobody should have written. */
async function aSession(resolve: () => Promise<typeof project>): Promise<Session> {
  const world = createFakeWorld();
  const reasons = { v1: "the first", v2: `with ${secret}` };
  for (const [tag, reason] of Object.entries(reasons)) {
    const request = { ...facts, project, release: aRequest(tag), actor: "tester", reason };
    await deploy(request, world.ports(), new AbortController().signal);
  }
  const ports = world.ports();
  return { ports: async () => ports, facts: async () => facts, project: resolve } as unknown as Session;
}

const invalid = new SluiceError("COMPOSE_INVALID", "no configuration file provided");

describe("the report of a deployment", () => {
  let session: Session;
  beforeEach(async () => {
    session = await aSession(async () => project);
  });

  it("is of the last one, or of the one that is named", async () => {
    const last = await readReport(session);
    expect(last).toMatchObject({ stack: "shop", tag: "v2", outcome: "live" });
    const [first] = await readAttempts((await session.ports()).journal);
    expect(await readReport(session, first?.start.deployment)).toMatchObject({ tag: "v1", reason: "the first" });
  });

  it("masks the secrets of the project", async () => {
    expect(JSON.stringify(await readReport(session))).not.toContain(secret);
  });

  it("refuses a deployment that is not there", async () => {
    await expect(readReport(session, "d1")).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("the report of a stack whose project does not resolve any more", () => {
  it("masks with what the stored release knows", async () => {
    const session = await aSession(() => Promise.reject(invalid));
    const report = await readReport(session);
    expect(report).toMatchObject({ tag: "v2", outcome: "live" });
    expect(JSON.stringify(report)).not.toContain(secret);
  });

  it("is refused where the release is not stored", async () => {
    const session = await aSession(() => Promise.reject(invalid));
    const { bundles } = await session.ports();
    for (const { id } of await bundles.list()) await bundles.remove(id);
    await expect(readReport(session)).rejects.toBe(invalid);
  });
});
