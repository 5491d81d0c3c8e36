import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveEndpoint } from "./endpoint.ts";

let directory: string;
const id = createHash("sha256").update("prod").digest("hex");
const certificates = () => join(directory, "contexts", "tls", id, "docker");

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-endpoint-"));
  const meta = join(directory, "contexts", "meta", id);
  await mkdir(meta, { recursive: true });
  await writeFile(join(meta, "meta.json"), JSON.stringify({ Endpoints: { docker: { Host: "tcp://prod:2376" } } }));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const resolve = () => resolveEndpoint({ DOCKER_CONFIG: directory, DOCKER_CONTEXT: "prod" });

async function withFiles(...names: readonly string[]): Promise<void> {
  await mkdir(certificates(), { recursive: true });
  await Promise.all(names.map((name) => writeFile(join(certificates(), name), name)));
}

describe("the engine of a context", () => {
  it("is spoken to in plain text only where the context has no certificates", async () => {
    expect(await resolve()).toEqual({ kind: "tcp", host: "prod", port: 2376, tls: null });
    await withFiles("ca.pem");
    expect(await resolve()).toMatchObject({ tls: { ca: Buffer.from("ca.pem") } });
    await withFiles("cert.pem", "key.pem");
    expect(await resolve()).toMatchObject({ tls: { cert: Buffer.from("cert.pem"), key: Buffer.from("key.pem") } });
  });

  it("is not spoken to where a certificate is there and cannot be used", async () => {
    await withFiles("ca.pem", "cert.pem");
    await expect(resolve()).rejects.toMatchObject({
      code: "ENGINE_UNREACHABLE",
      message: expect.stringMatching(/key\.pem, and not the other/) as string,
    });
    // A directory is a file that nobody can read, root neither.
    await mkdir(join(certificates(), "key.pem"));
    await expect(resolve()).rejects.toMatchObject({
      code: "ENGINE_UNREACHABLE",
      message: expect.stringMatching(/key\.pem cannot be read/) as string,
    });
  });
});
