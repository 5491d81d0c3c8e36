import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { docker } from "./engine.ts";
import { openProject, patience } from "./harness.ts";
import { startLoad } from "./load.ts";

const run = promisify(execFile);

interface Status {
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

const config = `services:
  web: { role: web, port: 80 }
  worker: { role: worker }
traffic: { drain: { timeout: 1s } }
rollout: { steps: [100], bake: 0s }
`;

const compose = (version: string) => `services:
  web:
    image: sluice-test/busybox
    init: true
    command: ["sh", "-c", "mkdir -p /w && echo ${version} > /w/index.html && exec httpd -f -p 80 -h /w"]
    ports: ["127.0.0.1:\${SHOP_PORT}:80"]
  worker: { image: sluice-test/busybox, init: true, command: "sleep 3600", environment: { VERSION: ${version} } }
  db:
    image: sluice-test/busybox
    init: true
    command: "sleep 3600"
    volumes: ["rows:/var/lib/postgresql/data"]
volumes: { rows: }
`;

it(
  "what an old habit starts beside the slots is named at once, and gone after the next deployment",
  patience,
  async () => {
    await using project = await openProject(config);
    const { stack, checkout, env } = project;
    await project.release("v1", { "compose.yaml": compose("v1") });
    await project.sluice(0, "deploy", "--release", "v1");
    const row = "/var/lib/postgresql/data/row";
    await docker("exec", `${stack}-db-1`, "sh", "-c", `echo kept > ${row}`);
    const database = () => docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", `${stack}-db-1`);
    const before = await database();
    const running = async () =>
      (await docker("ps", "--format", "{{.Names}}", "--filter", `name=^${stack}-`)).split("\n").toSorted();
    const asDeployed = await running();
    const load = startLoad(`http://127.0.0.1:${project.port}/`);

    // Its door holds the port of web: Compose makes what it can, starts the worker, and ends badly.
    const up = (...services: readonly string[]) =>
      run("docker", ["compose", "-p", stack, "up", "-d", "--no-build", ...services], { cwd: checkout, env });
    await expect(up()).rejects.toThrow("port is already allocated");
    // Which of both came first is its own affair.
    await up("worker");
    const status = async () => JSON.parse((await project.sluice(0, "status")).stdout) as Status;
    const named = (await status()).findings.map(({ code, message }) => `${code}: ${message}`);
    expect(named).toEqual(
      expect.arrayContaining([
        `second-worker: worker runs twice: ${stack}-worker-1 was started by plain Compose beside the slots`,
        `second-copy: ${stack}-web-1 was made by plain Compose beside the slots (created)`,
      ]),
    );

    // The release that serves already: nothing else is to be done.
    await project.sluice(0, "deploy", "--release", "v1");
    expect(await running()).toEqual(asDeployed);
    expect(await docker("ps", "-aq", "--filter", `name=^${stack}-(worker|web)-1$`)).toBe("");
    expect((await status()).findings.filter(({ code }) => code.startsWith("second-"))).toEqual([]);
    expect((await load.stop()).failures).toEqual([]);
    expect(await database()).toBe(before);
    expect(await docker("exec", `${stack}-db-1`, "cat", row)).toBe("kept");
  },
);
