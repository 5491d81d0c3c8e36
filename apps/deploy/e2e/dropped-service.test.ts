import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { docker } from "./engine.ts";
import { openProject, patience } from "./harness.ts";

const config = `services:
  web: { role: web, port: 80, startTimeout: 20s }
  beat: { role: worker, strategy: recreate }
  inbox: { role: support }
  store: { role: data }
traffic: { drain: { timeout: 1s } }
rollout: { steps: [100], bake: 0s }
`;
const configOfLess = config.replace(/ {2}(?:beat|inbox|store): .*\n/g, "");

/** Without a health check each start of a service is watched for 3 s. */
const runs = (command: string, check = `"true"`) => `    image: sluice-test/busybox
    init: true
    stop_grace_period: 1s
    command: ["sh", "-c", "${command}"]
    healthcheck: { test: [CMD, ${check}], interval: 30s, start_period: 30s, start_interval: 1s }
`;
const asked = 'wget, -q, -O, /dev/null, "http://127.0.0.1/"';
const web = (tag: string, first = "") =>
  `services:\n  web:\n${runs(`${first}mkdir -p /w && echo ${tag} > /w/index.html && exec httpd -f -p 80 -h /w`, asked)}    ports: ["127.0.0.1:\${SHOP_PORT}:80"]\n`;
const others = `  beat:
${runs("exec sleep 100000")}    volumes: ["beats:/kept"]
  inbox:
${runs("exec sleep 100000")}  store:
${runs("exec sleep 100000")}    volumes: ["stored:/kept"]
volumes: { beats: {}, stored: {} }
`;

it(
  "services that a release has no more are removed with it and come back with the one before; data stays",
  patience,
  async () => {
    await using project = await openProject(config);
    const { stack } = project;
    const inBase = async () =>
      (await docker("ps", "--format", "{{.Names}}", "--filter", `label=com.docker.compose.project=${stack}`))
        .split("\n")
        .map((name) => name.replace(`${stack}-`, ""))
        .toSorted()
        .join(" ");
    const deploy = async (code: number, tag: string, compose: string, written: string) => {
      await project.release(tag, { "compose.yaml": compose });
      await writeFile(join(project.checkout, "../sluice.yaml"), written);
      return project.sluice(code, "deploy", "--release", tag);
    };
    await deploy(0, "v1", web("v1") + others, config);
    expect(await inBase()).toBe("beat-1 inbox-1 store-1");

    await deploy(20, "v2", web("v2", "exit 1; "), configOfLess);
    expect(await inBase()).toBe("beat-1 inbox-1 store-1");
    const before = JSON.parse((await project.sluice(0, "status")).stdout) as { findings: readonly { code: string }[] };
    expect(before.findings.filter(({ code }) => code.startsWith("orphan"))).toEqual([]);

    const { stdout } = await deploy(0, "v3", web("v3"), configOfLess);
    expect(await inBase()).toBe("store-1");
    expect(stdout).toContain("the release has no beat; its volumes stay");
    expect(stdout).toContain(`docker stop ${stack}-store-1 && docker rm ${stack}-store-1 removes it; its volumes stay`);
    expect(await docker("volume", "ls", "-q", "--filter", `name=^${stack}_(beats|stored)$`)).toMatch(
      /_beats\n.*_stored/,
    );
    const status = JSON.parse((await project.sluice(0, "status")).stdout) as { findings: readonly { code: string }[] };
    expect(status.findings).toContainEqual(expect.objectContaining({ code: "orphan-data", service: "store" }));
    expect((await project.sluice(0, "ps")).stdout).toContain(`${stack}-store-1`);

    await project.sluice(0, "rollback");
    expect(await inBase()).toBe("beat-1 inbox-1 store-1");
    expect((await (await fetch(`http://127.0.0.1:${project.port}/index.html`)).text()).trim()).toBe("v1");
  },
);
