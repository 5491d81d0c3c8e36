import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ComposeModel, SluiceError, type ThrowAwayRequest } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import type { Endpoint } from "../engine/endpoint.ts";
import { withCheckout } from "../model/checkout.ts";
import { missingBaseFiles } from "./missing-base-files.ts";

let checkout = "";
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "sluice-base-files-"));
  writeFileSync(join(checkout, "there"), "");
});
afterAll(() => rmSync(checkout, { recursive: true }));

const notThere = new SluiceError("START_FAILED", "bind source path does not exist: /x", { cause: { statusCode: 400 } });
const noImage = new SluiceError("IMAGE_MISSING", "image door is not on the engine any more");

async function found(
  model: Partial<ComposeModel> & Pick<ComposeModel, "services">,
  { failure = notThere, kind = "unix" }: { failure?: SluiceError; kind?: Endpoint["kind"] } = {},
) {
  const looked: (string | undefined)[] = [];
  const throwAway = {
    async start({ reads }: ThrowAwayRequest) {
      looked.push(reads?.source);
      throw failure;
    },
  };
  const exec = { exec: () => Promise.reject(new Error("nothing is asked")) };
  const engine = { endpoint: async () => ({ kind }) as Endpoint };
  const whole = withCheckout({ name: "shop", ...model }, checkout);
  const services = factsOf(whole, { db: { role: "data" }, metrics: { role: "support" } });
  const request = { stack: "shop", model: whole, services, image: "door" };
  const findings = await missingBaseFiles(engine, { exec, throwAway }, request);
  return { findings, looked };
}

const db = { image: "postgres:17", secrets: [{ source: "key" }], configs: [{ source: "conf" }] };
const files = (key: string, conf: string) => ({ secrets: { key: { file: key } }, configs: { conf: { file: conf } } });

describe("a secret or config of a service in base", () => {
  it("is refused where its file is not there, once for all that use it", async () => {
    const { findings, looked } = await found({
      services: { db, metrics: { image: "exporter", secrets: [{ source: "key" }] } },
      ...files(join(checkout, "key.pem"), "/nowhere/db.conf"),
    });
    expect(findings).toEqual([
      {
        severity: "error",
        code: "file-not-there",
        service: "db",
        message: `secret key of db is ${join(checkout, "key.pem")}, which is not there: its container cannot be made`,
        hint: expect.stringContaining("by a step before the one that deploys") as string,
      },
      expect.objectContaining({
        message: expect.stringContaining("config conf of db is /nowhere/db.conf, ") as string,
      }),
    ]);
    expect(looked).toEqual([join(checkout, "key.pem"), "/nowhere/db.conf"]);
  });

  it("is looked for on this machine first, where that is the engine's", async () => {
    const model = { services: { db }, ...files(join(checkout, "there"), join(checkout, "there")) };
    expect(await found(model)).toEqual({ findings: [], looked: [] });
    expect((await found(model, { kind: "ssh" })).findings).toHaveLength(2);
  });

  it("is not refused where nobody can tell", async () => {
    const model = { services: { db }, ...files("/nowhere/key", "/nowhere/conf") };
    expect((await found(model, { failure: noImage })).findings).toEqual([]);
    const away = new SluiceError("ENGINE_UNREACHABLE", "no engine");
    await expect(found(model, { failure: away })).rejects.toBe(away);
  });

  it("is none of it where a service may make it, unless that only mounts all of the project", async () => {
    const mounting = (source: string) => ({
      certs: { image: "certbot", volumes: [{ type: "bind", source, target: "/x" }] },
    });
    const at = (source: string) =>
      found({ services: { db, ...mounting(source) }, ...files(join(checkout, "certs/key"), join(checkout, "there")) });
    expect((await at(join(checkout, "certs"))).findings).toEqual([]);
    expect((await at(checkout)).findings).toHaveLength(1);
  });

  it("is the resolver's matter in slots, and nobody's without a file", async () => {
    const web = { image: "shop", ports: [{ target: 80 }], secrets: [{ source: "key" }] };
    expect((await found({ services: { web }, ...files("/nowhere/key", "/nowhere/conf") })).looked).toEqual([]);
    const model = { services: { db }, secrets: { key: { environment: "KEY" } }, configs: { conf: { content: "a" } } };
    expect((await found(model)).looked).toEqual([]);
  });
});
