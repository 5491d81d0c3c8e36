import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseHost, resolveEndpoint } from "./endpoint.ts";

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

describe("the engine that is meant", () => {
  it("is the default one where Docker's configuration is not there, empty, or names no context", async () => {
    const engine = () => resolveEndpoint({ DOCKER_CONFIG: directory });
    const byDefault = { kind: "unix", socketPath: "/var/run/docker.sock" };
    expect(await engine()).toEqual(byDefault);
    for (const text of ["", " \n", "{}"]) {
      await writeFile(join(directory, "config.json"), text);
      expect(await engine()).toEqual(byDefault);
    }
    await writeFile(join(directory, "config.json"), '{ "currentContext": "prod" }');
    expect(await engine()).toMatchObject({ kind: "tcp", host: "prod" });
  });

  it("is nobody's guess where Docker's configuration is damaged", async () => {
    const path = join(directory, "config.json");
    await writeFile(path, '{ "currentContext": ');
    await expect(resolveEndpoint({ DOCKER_CONFIG: directory })).rejects.toMatchObject({
      code: "ENGINE_UNREACHABLE",
      message: expect.stringContaining(path) as string,
      hint: expect.stringContaining("DOCKER_HOST") as string,
    });
  });

  it("is found in the home directory where DOCKER_CONFIG and DOCKER_CERT_PATH are empty", async () => {
    const env = { HOME: directory, DOCKER_CONFIG: "", DOCKER_CERT_PATH: "" };
    await mkdir(join(directory, ".docker"));
    await writeFile(join(directory, ".docker", "config.json"), '{ "currentContext": "of-home" }');
    await writeFile(join(directory, ".docker", "ca.pem"), "of-home");
    await expect(resolveEndpoint(env)).rejects.toMatchObject({ message: expect.stringContaining("of-home") as string });
    expect(await resolveEndpoint({ ...env, DOCKER_HOST: "tcp://prod", DOCKER_TLS_VERIFY: "1" })).toMatchObject({
      tls: { ca: Buffer.from("of-home") },
    });
  });

  it.each([
    ["ssh://production", { destination: "production", port: undefined, socketPath: undefined }],
    ["ssh://deploy@production:2222/", { destination: "deploy@production", port: "2222", socketPath: undefined }],
    [
      "ssh://deploy@production/run/user/1000/docker.sock",
      { destination: "deploy@production", port: undefined, socketPath: "/run/user/1000/docker.sock" },
    ],
    ["ssh://production/srv/of%20ada", { destination: "production", port: undefined, socketPath: "/srv/of ada" }],
  ])("is %s, with the socket that it names", (host, expected) => {
    expect(parseHost(host)).toEqual({ kind: "ssh", ...expected });
  });

  it("is not that of a host which cannot be read", () => {
    for (const host of ["ssh://production/%zz", "ssh://%zz@production", "npipe:////./pipe/docker_engine"]) {
      expect(() => parseHost(host)).toThrow(expect.objectContaining({ code: "ENGINE_UNREACHABLE" }));
    }
  });
});
