import { SluiceError } from "@sluice/core";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import type { CommandContext } from "./context.ts";
import { commandNames, givenFlags, withFlags } from "./given-flags.ts";
import { createProgram } from "./program.ts";
import { aResult, aStatus, fakeDeployer } from "./testing/fake-deployer.ts";
import { run } from "./testing/run.ts";
import { badEvents } from "./testing/scripts.ts";

const flags = {
  file: ["prod.yml", "more files.yml"],
  projectDirectory: "app",
  envFile: ["prod.env"],
  profile: ["mail"],
  projectName: "shop",
  config: "it's.yaml",
  env: "production",
  stateHome: "/srv/s",
};
const argv = ["-f", "prod.yml", "--env", "production", "--state-home", "/srv/s"];
const given = " -f prod.yml --env production --state-home /srv/s";

describe("options of the call in commands that are proposed", () => {
  it("are all that say which stack is meant, quoted for a shell", () => {
    expect(givenFlags(flags)).toBe(
      ` -f prod.yml -f 'more files.yml' --project-directory app --env-file prod.env --profile mail -p shop --config 'it'\\''s.yaml' --env production --state-home /srv/s`,
    );
    expect(givenFlags({ json: true, plain: true, yes: true })).toBe("");
  });

  it("mean to every command what they meant to this one", async () => {
    for (const command of ["status", "logs -f", "deploy --release v2 --retry"]) {
      const typed = withFlags(`sluice ${command}`, given).split(" ").slice(1);
      const { deployer } = await run(typed, { deployer: fakeDeployer({ async *logs() {} }) });
      expect(deployer.options).toMatchObject({
        files: ["/srv/Shop/prod.yml"],
        environment: "production",
        stateHome: "/srv/s",
      });
    }
  });

  it("stand in every command of a text, and in nothing else", () => {
    const text = "see `sluice status`, then sluice resume finishes it; variables are set where sluice runs";
    expect(withFlags(text, " -p shop")).toBe(
      "see `sluice -p shop status`, then sluice -p shop resume finishes it; variables are set where sluice runs",
    );
    expect(withFlags(withFlags(text, " -p shop"), " -p shop")).toBe(withFlags(text, " -p shop"));
    expect(withFlags("sluice status", " -p '$&'")).toBe("sluice -p '$&' status");
  });

  it("are known for all commands there are", () => {
    const program: Command = createProgram({} as CommandContext, { flags: {}, exitCode: 0, isDeployment: false });
    expect(program.commands.map((command) => command.name()).toSorted()).toEqual(commandNames.toSorted());
  });
});

describe("what is proposed keeps them", () => {
  it("after a deployment that failed", async () => {
    const deployer = fakeDeployer({
      deploy: async () => {
        deployer.emit(...badEvents);
        return aResult({ exitCode: 20 });
      },
    });
    const { stdout } = await run([...argv, "deploy"], { deployer });
    expect(stdout).toContain(`next     sluice${given} deploy --release v2 --retry\n`);
  });

  it("in hints", async () => {
    const error = new SluiceError("STATE_UNCLEAR", "d7 has no end", { hint: "sluice abort undoes it" });
    const deployer = fakeDeployer({
      deploy: () => Promise.reject(error),
      verify: () => Promise.reject(error),
      status: async () => aStatus({ unfinished: { deployment: "d7", tag: "v2", since: "2026-05-01T09:58:00Z" } }),
    });
    expect((await run([...argv, "deploy"], { deployer })).stdout).toContain(`hint: sluice${given} abort undoes it\n`);
    expect((await run([...argv, "verify"], { deployer })).stderr).toContain(`hint: sluice${given} abort undoes it\n`);
    const { stdout } = await run([...argv, "status"], { deployer });
    expect(stdout).toContain(`type \`sluice${given} resume\` to finish it or \`sluice${given} abort\` to undo it\n`);
  });

  it("and not in what programs read", async () => {
    const error = new SluiceError("STATE_UNCLEAR", "d7 has no end", { hint: "sluice abort undoes it" });
    const ran = await run([...argv, "verify", "--json"], {
      deployer: fakeDeployer({ verify: () => Promise.reject(error) }),
    });
    expect(JSON.parse(ran.stdout)).toMatchObject({ hint: "sluice abort undoes it" });
  });
});
