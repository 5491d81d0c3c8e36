import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isLocal } from "./is-local.ts";

let config = "";
beforeEach(async () => {
  config = await mkdtemp(join(tmpdir(), "sluice-docker-"));
  await addContext("server", "ssh://deploy@10.0.0.1");
  await addContext("rootless", "unix:///run/user/1000/docker.sock");
});
afterEach(() => rm(config, { recursive: true }));

/** As `docker context create` leaves it. */
async function addContext(name: string, host: string): Promise<void> {
  const meta = join(config, "contexts", "meta", createHash("sha256").update(name).digest("hex"));
  await mkdir(meta, { recursive: true });
  await writeFile(join(meta, "meta.json"), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
}

it.each([
  ["nothing is said", undefined, {}, true],
  ["a context of another machine is used", "server", {}, false],
  ["a context of this machine is used", "rootless", {}, true],
  ["a context is used that is not there", "gone", {}, false],
  ["a context is used, and a host named", "server", { DOCKER_HOST: "unix:///var/run/docker.sock" }, true],
  ["a context is used, and another named", "server", { DOCKER_CONTEXT: "default" }, true],
  ["a context of another machine is named", undefined, { DOCKER_CONTEXT: "server" }, false],
  ["another machine is named", undefined, { DOCKER_HOST: "tcp://10.0.0.1:2375" }, false],
])("where %s", async (_what, currentContext, env, expected) => {
  await writeFile(join(config, "config.json"), JSON.stringify({ currentContext }));
  expect(await isLocal({ DOCKER_CONFIG: config, ...env })).toBe(expected);
});
