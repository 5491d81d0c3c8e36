import { expect, it } from "vitest";
import { docker } from "./engine.ts";
import { openProject, patience } from "./harness.ts";

const config = `services:
  web: { role: web, port: 80, startTimeout: 20s }
traffic: { drain: { timeout: 1s } }
rollout: { steps: [100], bake: 0s }
`;

const serve = (tag: string) => `mkdir -p /w && echo ${tag} > /w/index.html && exec httpd -f -p 80 -h /w`;

/** A writable volume is enough for a service to be replaced stop-first. Without a health check each start of it is watched for 3 s. */
const compose = (tag: string, { volume = true, command = serve(tag) } = {}) => `services:
  web:
    image: sluice-test/busybox
    init: true
    command: ["sh", "-c", "${command}"]
    ports: ["127.0.0.1:\${SHOP_PORT}:80"]
    healthcheck: { test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1/"], interval: 30s, start_period: 30s, start_interval: 1s }
${volume ? '    volumes: ["kept:/kept"]\nvolumes: { kept: {} }\n' : ""}`;

it(
  "a service that is replaced stop-first has a way back, and one from the slots to there and back",
  patience,
  async () => {
    await using project = await openProject(config);
    const read = async () => (await (await fetch(`http://127.0.0.1:${project.port}/index.html`)).text()).trim();
    const deploy = async (code: number, tag: string, changes: Parameters<typeof compose>[1] = {}) => {
      await project.release(tag, { "compose.yaml": compose(tag, changes) });
      return project.sluice(code, "deploy", "--release", tag);
    };
    await deploy(0, "v1");
    expect(await read()).toBe("v1");
    expect((await project.sluice(0, "deploy", "--release", "v1")).stdout).toContain("nothing");
    await deploy(21, "v2", { command: "exit 1" });
    expect(await read()).toBe("v1");
    await deploy(0, "v3");
    expect(await read()).toBe("v3");
    await project.sluice(0, "rollback");
    expect(await read()).toBe("v1");

    await deploy(0, "v4", { volume: false });
    expect(await read()).toBe("v4");
    await deploy(21, "v5", { command: "exit 1" });
    expect(await read()).toBe("v4");
    await deploy(0, "v6");
    expect(await read()).toBe("v6");
    expect(await docker("ps", "-q", "--filter", `name=^${project.stack}-(blue|green|door)-`)).toBe("");
    await project.sluice(0, "rollback");
    expect(await read()).toBe("v4");
  },
);
