import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig, parseConfig, type ServiceFacts } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { run } from "../testing/run.ts";

const facts = (service: Partial<ServiceFacts>) =>
  ({ strategy: "slots", confidence: "sure", active: true, port: null, protocol: "http", ...service }) as ServiceFacts;
const services = [
  facts({ name: "web", role: "web", port: 8080, reason: "publishes port 8080" }),
  facts({
    name: "uploads",
    role: "worker",
    strategy: "recreate",
    confidence: "ask",
    reason: "has a volume of its own:\nfiles",
  }),
];
const initing = () =>
  fakeDeployer({
    inspect: async () => ({ stack: "shop", configFile: file(), config: defaultConfig(), services, findings: [] }),
  });

let cwd = "";
const file = () => join(cwd, "sluice.yaml");
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sluice-init-"));
});
afterEach(async () => rm(cwd, { recursive: true }));

describe("sluice init", () => {
  it("writes down roles with their reasons, as a valid configuration", async () => {
    const { stdout, exitCode } = await run(["init"], { deployer: initing(), cwd });
    expect([exitCode, stdout]).toEqual([
      0,
      `sluice.yaml is written
please look at these in sluice.yaml:
  uploads: taken for worker, which is a guess, and replaced with a gap at each deployment until you say what it is: has a volume of its own: files
once that is right, commit it; \`sluice -p shop plan\` then shows what a deployment would do
`,
    ]);
    const text = await readFile(file(), "utf8");
    expect(text).toContain("  # publishes port 8080; taken to speak http\n  web:\n    role: web\n    port: 8080\n");
    expect(text).toContain(
      "  # PLEASE CHECK: has a volume of its own: files\n  uploads:\n    # role: worker\n    # strategy: recreate # for now: with a gap at each deployment\n",
    );
    expect(parseConfig(text, "sluice.yaml").services).toEqual({ web: { role: "web", port: 8080 }, uploads: {} });
  });

  it("writes nothing down of a service that Compose does not accept, of which all is a guess", async () => {
    const unread = facts({ name: "dev", role: "support", reason: "a guess", active: false, isUnread: true });
    const inspect = async () => ({
      stack: "shop",
      configFile: file(),
      config: defaultConfig(),
      services: [...services, unread],
      findings: [],
    });
    await run(["init"], { deployer: fakeDeployer({ inspect }), cwd });
    expect(Object.keys(parseConfig(await readFile(file(), "utf8"), "sluice.yaml").services)).toEqual([
      "web",
      "uploads",
    ]);
  });

  it("asks what a service speaks whose ports may not all speak the same", async () => {
    const doubt = {
      severity: "warn",
      code: "protocol-unsure",
      service: "web",
      message: "two ports",
      hint: "say",
    } as const;
    const inspect = async () => ({
      stack: "shop",
      configFile: file(),
      config: defaultConfig(),
      services,
      findings: [doubt],
    });
    const { stdout } = await run(["init"], { deployer: fakeDeployer({ inspect }), cwd });
    expect(stdout).toContain("  web: two ports; say\n  uploads: taken for worker");
    expect(await readFile(file(), "utf8")).toContain("http\n  # PLEASE CHECK: two ports; say\n  web:\n    role: web\n");
  });

  const withDatabases = (...names: readonly string[]) => {
    const databases = names.map((name) => facts({ name, role: "data", confidence: "sure", reason: "postgres image" }));
    const findings = names.map((service) => ({
      severity: "warn" as const,
      code: "no-backup" as const,
      service,
      message: `no backup of ${service}`,
      hint: "name it",
    }));
    const found = { stack: "shop", configFile: file(), config: defaultConfig(), services: databases, findings };
    return fakeDeployer({ inspect: async () => found });
  };

  it("has the database backed up, where there is one", async () => {
    await run(["init"], { deployer: withDatabases("db"), cwd });
    const text = await readFile(file(), "utf8");
    expect(text).toMatch(/\n\n# db is backed up before each new release, .*\ndatabase: \{\}\n$/);
    expect(text).not.toContain("PLEASE CHECK");
    expect(parseConfig(text, "sluice.yaml").database).toMatchObject({ beforeDeploy: "proven" });
  });

  it("adds that to a file that names every service", async () => {
    await writeFile(file(), "services: { db: { role: data } } # ours");
    const asked = await run(["init"], { deployer: withDatabases("db"), cwd });
    expect(asked.stdout).toContain("+ database: {}\n");
    await run(["init", "--yes"], { deployer: withDatabases("db"), cwd });
    const text = await readFile(file(), "utf8");
    expect(text.startsWith("services: { db: { role: data } } # ours\n\n# db is backed up")).toBe(true);
    expect(parseConfig(text, "sluice.yaml").database).toBeDefined();
  });

  it("asks which of several databases is to be backed up", async () => {
    const { stdout } = await run(["init"], { deployer: withDatabases("db", "stats"), cwd });
    expect(stdout).toContain("  db: no backup of db; name it\n  stats: no backup of stats; name it\n");
    const text = await readFile(file(), "utf8");
    expect(text).toContain("  # PLEASE CHECK: no backup of stats; name it\n  stats:\n    role: data\n");
    expect(parseConfig(text, "sluice.yaml").database).toBeUndefined();
  });

  it("writes them where the project is, and not beside the call", async () => {
    await mkdir(join(cwd, "src"));
    await writeFile(file(), "rollout: { bake: 5s }\n");
    const ran = await run(["init", "--yes"], { deployer: initing(), cwd: join(cwd, "src") });
    expect(ran.stdout).toContain("../sluice.yaml is written\n");
    expect(await readdir(join(cwd, "src"))).toEqual([]);
    const config = parseConfig(await readFile(file(), "utf8"), "sluice.yaml");
    expect(config).toMatchObject({ rollout: { bake: 5_000 }, services: { web: { role: "web" } } });
  });

  it("leaves out the job that the configuration makes: no service of the compose files has its name", async () => {
    const config = parseConfig("database: { migrate: { service: web, command: [npm, run, migrate] } }", "sluice.yaml");
    const made = facts({ name: "web-migrate", role: "job", reason: "database.migrate: a command in the image of web" });
    const deployer = fakeDeployer({
      inspect: async () => ({
        stack: "shop",
        configFile: file(),
        config,
        services: [made, ...services],
        findings: [],
      }),
    });
    await run(["init"], { deployer, cwd });
    expect(await readFile(file(), "utf8")).not.toContain("web-migrate");
  });

  it("never changes a file without --yes, but shows what it would add", async () => {
    const before =
      "# ours\nservices:\n    web: { role: web } # the shop\n\n# quick\nrollout: { steps: [{share: 5}, 100], bake: 5s }\n";
    await writeFile(file(), before);
    const { stdout } = await run(["init"], { deployer: initing(), cwd });
    expect(await readFile(file(), "utf8")).toBe(before);
    expect(stdout).toContain("+     uploads:\n+       # role: worker\n");
    expect(stdout).toContain("sluice.yaml is not changed: `sluice init --yes` writes this\n");
    expect(stdout).not.toMatch(/^- /m);
    await run(["init", "--yes"], { deployer: initing(), cwd });
    const lines = (await readFile(file(), "utf8")).split("\n");
    expect(lines.filter((line) => before.split("\n").includes(line))).toEqual(before.split("\n"));
    expect(parseConfig(lines.join("\n"), "sluice.yaml").services).toHaveProperty("uploads");
  });

  it.each(["rollout: { bake: 5s }", "services:\n  web: {role: web}", "services:\n", "", "# nothing yet\n"])(
    "adds to %j",
    async (before) => {
      await writeFile(file(), before);
      await run(["init", "--yes"], { deployer: initing(), cwd });
      const text = await readFile(file(), "utf8");
      expect(parseConfig(text, "sluice.yaml").services).toMatchObject({
        web: { role: "web" },
        uploads: {},
      });
    },
  );

  it.each([
    "# ours\nrollout: { bake: 5s }\n",
    "services:\n  web: {role: web}\n# end\n",
    "services: { web: { role: worker } }\n",
  ])("ends lines as %j ends its own", async (before) => {
    await writeFile(file(), before.replaceAll("\n", "\r\n"));
    await run(["init", "--yes"], { deployer: initing(), cwd });
    const text = await readFile(file(), "utf8");
    expect(text).toContain("# role: worker\r\n");
    expect(text).not.toMatch(/(?<!\r)\n|\r\r/);
  });

  it("keeps all that a file says when it adds to it", async () => {
    await writeFile(file(), "# ours\nrollout: { bake: 5s }\nservices: { web: { role: worker } }\n");
    await run(["init", "--yes"], { deployer: initing(), cwd });
    const text = await readFile(file(), "utf8");
    expect(text).toContain("# ours\nrollout: { bake: 5s }\n");
    expect(parseConfig(text, "sluice.yaml").services).toMatchObject({
      web: { role: "worker" },
      uploads: {},
    });
    const again = await run(["init", "--yes"], { deployer: initing(), cwd });
    expect(again.stdout).toContain("sluice.yaml names every service already\n");
    expect(await readFile(file(), "utf8")).toBe(text);
  });

  it("writes the file that --config names, which cannot be read yet", async () => {
    const { deployer } = await run(["init", "--config", "deploy/../other.yaml"], { deployer: initing(), cwd });
    expect(await readFile(join(cwd, "other.yaml"), "utf8")).toContain("uploads:");
    expect(deployer.options?.configFile).toBeUndefined();
  });

  it.each(["", ".", "sluice.yaml/other"])(
    "refuses --config %j, which is no file and can become none",
    async (config) => {
      await writeFile(file(), "rollout: { bake: 5s }\n");
      const { exitCode, stderr } = await run(["init", "--config", config], { deployer: initing(), cwd });
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`${join(cwd, config)} cannot be read`);
      expect(stderr).toContain("--config");
      expect(stderr).not.toContain("INTERNAL");
    },
  );
});
