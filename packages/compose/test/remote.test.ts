import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { promisify } from "node:util";
import { defaultConfig } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createComposeRuntime } from "../src/create-compose-runtime.ts";
import { createEngine } from "../src/engine/engine.ts";
import { createContainerExec } from "../src/exec/container-exec.ts";
import { idleContainer } from "./support/busybox.ts";
import { readRouting } from "./support/door.ts";
import { clock, docker, uniqueStack } from "./support/engine.ts";
import { aShop, aSlotRequest, facts } from "./support/project.ts";

const stack = uniqueStack("remote");
const container = `${stack.name}-box`;
let directory = "";
let relay: Server;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-remote-"));
  // Stands for ssh: runs what it is asked to run there, here.
  await writeFile(
    join(directory, "ssh"),
    '#!/bin/sh\nunset DOCKER_HOST\nwhile [ "$1" != -- ]; do shift; done\nshift 2\neval "exec $*"\n',
  );
  await chmod(join(directory, "ssh"), 0o755);
  relay = createServer({ allowHalfOpen: true }, toEngine);
  await listening(relay);
  await idleContainer(container);
});
afterAll(async () => {
  relay.close();
  await stack.remove();
  await rm(directory, { recursive: true, force: true });
});

function toEngine(client: Socket): void {
  const socket = connect({ path: "/var/run/docker.sock", allowHalfOpen: true });
  client.pipe(socket).pipe(client);
  client.on("error", () => socket.destroy());
  socket.on("error", () => client.destroy());
}

/** Resolves with the port. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** As the engine wants them: `ca.pem`, `cert.pem`, `key.pem`; the authority is the certificate itself. */
async function makeCertificates(into: string): Promise<void> {
  await mkdir(into);
  const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((name) => join(into, name)) as [string, string, string];
  const names = ["-subj", "/CN=engine", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", key, "-out", cert];
  await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...names, ...files]);
  await copyFile(cert, ca);
}

/** A release of which job and worker have a directory, a file, and a secret; on an engine that sees none of them. */
async function withFiles(parts: { readonly read_only: boolean }) {
  const address = relay.address();
  const port = typeof address === "object" ? address?.port : 0;
  const env = { ...process.env, DOCKER_HOST: `tcp://127.0.0.1:${port}` };
  const far = createComposeRuntime({ env, clock, config: async () => defaultConfig(), readRouting });
  const filesDir = join(directory, "files");
  const source = (name: string) => join(filesDir, name);
  await mkdir(source("conf"), { recursive: true });
  await writeFile(source("conf/app.conf"), "from the release\n");
  await writeFile(source("one.conf"), "of one file\n");
  await writeFile(source("key"), "the key\n");
  // Only root can give a file away.
  if (process.getuid?.() === 0) await chown(source("key"), 1234, 5678);
  const mount = { type: "bind", read_only: true };
  const service = {
    volumes: [
      { ...mount, source: source("conf"), target: "/etc/app" },
      { ...mount, source: source("one.conf"), target: "/etc/one.conf" },
    ],
    secrets: [{ source: "key" }],
    ...parts,
  };
  const files = "/etc/app/app.conf /etc/one.conf /run/secrets/key";
  const look = `cat ${files}; stat -c %u:%g /run/secrets/key; cut -d: -f1 /etc/passwd | head -n 1`;
  const shop = aShop(stack.name, { migrate: { command: ["sh", "-c", look], ...service }, worker: service });
  const model = { ...shop, secrets: { key: { name: "key", file: source("key") } } };
  const request = await aSlotRequest(model, "blue");
  return { far, model, source, request: { ...request, release: { ...request.release, filesDir } } };
}

async function roundTrip(env: Readonly<Record<string, string | undefined>>) {
  const containers = createContainerExec(createEngine({ env, clock }));
  const bytes = randomBytes(1_000_000);
  const { stdout, exitCode } = await containers.exec(container, ["cat"], { stdin: bytes });
  return exitCode === 0 && Buffer.from(stdout).equals(bytes);
}

describe("an engine that is not here", () => {
  it("is reached through ssh as the docker command reaches it", async () => {
    const PATH = `${directory}:${process.env["PATH"]}`;
    expect(await roundTrip({ PATH, HOME: directory, DOCKER_HOST: "ssh://deploy@production:2222" })).toBe(true);
  });

  it("is reached through ssh at the socket that is named", async () => {
    const path = join(directory, "deploy's own.sock");
    let connections = 0;
    const own = createServer({ allowHalfOpen: true }, (client) => {
      connections += 1;
      toEngine(client);
    });
    await new Promise<void>((resolve) => {
      own.listen(path, resolve);
    });
    try {
      const PATH = `${directory}:${process.env["PATH"]}`;
      const DOCKER_HOST = `ssh://deploy@production${path.replaceAll(" ", "%20")}`;
      expect(await roundTrip({ PATH, HOME: directory, DOCKER_HOST })).toBe(true);
      expect(connections).toBeGreaterThan(0);
    } finally {
      own.close();
    }
  });

  it("is reached through tcp", async () => {
    const address = relay.address();
    const port = typeof address === "object" ? address?.port : 0;
    expect(await roundTrip({ ...process.env, DOCKER_HOST: `tcp://127.0.0.1:${port}` })).toBe(true);
  });

  it("is reached through tcp with certificates of both sides, and not with others", async () => {
    const [ours, others] = [join(directory, "certificates"), join(directory, "others")];
    await Promise.all([ours, others].map(makeCertificates));
    const cert = await readFile(join(ours, "cert.pem"));
    const key = await readFile(join(ours, "key.pem"));
    const server = createTlsServer({ key, cert, ca: cert, requestCert: true, allowHalfOpen: true }, toEngine);
    const env = { DOCKER_HOST: `tcp://127.0.0.1:${await listening(server)}`, DOCKER_TLS_VERIFY: "1" };
    try {
      expect(await roundTrip({ ...env, DOCKER_CERT_PATH: ours })).toBe(true);
      await expect(roundTrip({ ...env, DOCKER_CERT_PATH: others })).rejects.toThrow(/certificate/);
    } finally {
      server.close();
    }
  });

  it("is found through a context", async () => {
    const id = createHash("sha256").update("prod").digest("hex");
    const meta = join(directory, "contexts", "meta", id);
    await mkdir(meta, { recursive: true });
    const text = JSON.stringify({ Name: "prod", Endpoints: { docker: { Host: "unix:///var/run/docker.sock" } } });
    await writeFile(join(meta, "meta.json"), text);
    expect(await roundTrip({ DOCKER_CONFIG: directory, DOCKER_CONTEXT: "prod" })).toBe(true);
    await expect(roundTrip({ DOCKER_CONFIG: directory, DOCKER_CONTEXT: "none" })).rejects.toMatchObject({
      code: "ENGINE_UNREACHABLE",
    });
  });

  it.each([false, true])(
    "gets the files of a release, which it cannot mount, into containers; read-only: %s",
    async (read_only) => {
      const { far, source, request, model } = await withFiles({ read_only });
      const { uid, gid } = await stat(source("key"));
      await far.base.ensureNetworks(model, "blue", [facts("migrate")]);
      const lines: string[] = [];
      await far.slots.runJob({ ...request, services: [facts("migrate")] }, "migrate", {
        onOutput: ({ source: from, text }) => from === "migrate" && lines.push(text),
      });
      expect(lines).toEqual(["from the release", "of one file", "the key", `${uid}:${gid}`, "root"]);
    },
  );

  it("keeps no volume of them when their containers are gone", async () => {
    const { far, request, model } = await withFiles({ read_only: true });
    await far.base.ensureNetworks(model, "blue", [facts("worker")]);
    await far.slots.create({ ...request, services: [facts("worker")] });
    const name = `${stack.name}-blue-worker-1`;
    const format = "{{range .Mounts}}{{.Destination}}={{.Name}} {{end}}";
    const mounts = (await docker("inspect", "-f", format, name)).trim().split(" ");
    const places = mounts.map((mount) => mount.replace(/=.*/, ""));
    expect(places.toSorted()).toEqual(["/etc", "/etc/app", "/run/secrets"]);
    await far.slots.remove(stack.name, "blue");
    const volumes = (await docker("volume", "ls", "-q")).split("\n");
    expect(mounts.filter((mount) => volumes.includes(mount.split("=")[1] ?? ""))).toEqual([]);
  });

  it("is named when it does not answer", async () => {
    await expect(roundTrip({ DOCKER_HOST: "unix:///nowhere.sock" })).rejects.toMatchObject({
      code: "ENGINE_UNREACHABLE",
    });
  });
});
