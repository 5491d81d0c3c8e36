import { moveStateHint, SluiceError } from "@sluice/core";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import type { CommandContext } from "./context.ts";
import { commandNames, givenFlags, withFlags } from "./given-flags.ts";
import { createProgram } from "./program.ts";
import { aBackup } from "./testing/a-backup.ts";
import { aRebuiltState } from "./testing/a-moved-state.ts";
import { aRehearsal } from "./testing/a-rehearsal.ts";
import { aPlanView, aResult, aStatus, fakeDeployer } from "./testing/fake-deployer.ts";
import { unfinished } from "./testing/records.ts";
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

  it("stand in what moves a state here, and not in what is typed where it is", () => {
    const hint = withFlags(moveStateHint("shop"), " --state-home /srv/s");
    expect(hint).toContain("here `sluice --state-home /srv/s state import shop.sluice.tar --replace`");
    expect(hint).toContain("here `sluice --state-home /srv/s state rebuild --replace`");
    expect(hint).toContain("there `sluice -p shop state export shop.sluice.tar`");
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

  it("after a rollback that failed before it began", async () => {
    const rollback = () => Promise.reject(new SluiceError("ENGINE_FAILED", "no answer"));
    const { exitCode, stdout } = await run([...argv, "rollback", "v1"], { deployer: fakeDeployer({ rollback }) });
    expect(exitCode).toBe(10);
    expect(stdout).toContain(`next     sluice${given} rollback v1\n`);
  });

  it("while a deployment waits for a person", async () => {
    const text = "5 % needs approval; waits 1h for sluice traffic approve, or abort";
    const deployer = fakeDeployer({
      deploy: async () => {
        deployer.emit({ type: "step-progress", deployment: "d1", step: "approval", text });
        return aResult();
      },
    });
    const { stdout } = await run([...argv, "deploy"], { deployer });
    expect(stdout).toContain(`waits 1h for sluice${given} traffic approve, or abort\n`);
    const json = await run([...argv, "deploy", "--json"], { deployer });
    expect(JSON.parse(json.stdout)).toMatchObject({ text });
  });

  it("in hints", async () => {
    const error = new SluiceError("STATE_UNCLEAR", "d7 has no end", { hint: "sluice abort undoes it" });
    const deployer = fakeDeployer({
      deploy: () => Promise.reject(error),
      verify: () => Promise.reject(error),
      status: async () => aStatus({ unfinished }),
    });
    expect((await run([...argv, "deploy"], { deployer })).stdout).toContain(`hint: sluice${given} abort undoes it\n`);
    expect((await run([...argv, "verify"], { deployer })).stderr).toContain(`hint: sluice${given} abort undoes it\n`);
    const { stdout } = await run([...argv, "status"], { deployer });
    expect(stdout).toContain(`type \`sluice${given} resume\` to finish it or \`sluice${given} abort\` to undo it\n`);
  });

  it.each([
    ["plain", {}],
    ["GitHub Actions", { GITHUB_ACTIONS: "true" }],
  ])("in what the doctor proposes, %s", async (_name, env) => {
    const diagnosis = {
      severity: "warn",
      code: "no-backup",
      what: "none",
      why: "one day",
      mend: "sluice db verify",
    } as const;
    const deployer = fakeDeployer({ doctor: async () => ({ ok: false, examined: [], diagnoses: [diagnosis] }) });
    const { stdout } = await run([...argv, "doctor"], { deployer, env });
    expect(stdout).toContain(`mend     sluice${given} db verify\n`);
    expect(stdout).not.toContain("sluice db");
    const json = await run([...argv, "doctor", "--json"], { deployer });
    expect(JSON.parse(json.stdout)).toMatchObject({ diagnoses: [diagnosis] });
  });

  it.each([
    ["plain", {}],
    ["GitHub Actions", { GITHUB_ACTIONS: "true" }],
  ])("in findings of a plan, %s", async (_name, env) => {
    const finding = {
      severity: "warn",
      code: "unfinished-deployment",
      message: "an attempt has no end",
      hint: "sluice abort undoes it",
    } as const;
    const deployer = fakeDeployer({ plan: async () => aPlanView({ findings: [finding] }) });
    for (const command of [["plan"], ["deploy", "--plan"]]) {
      const { stdout } = await run([...argv, ...command], { deployer, env });
      expect(stdout).toContain(`[unfinished-deployment]; sluice${given} abort undoes it\n`);
      expect(stdout).not.toContain("sluice abort");
    }
    const json = await run([...argv, "plan", "--json"], { deployer });
    expect(JSON.parse(json.stdout)).toMatchObject({ findings: [finding] });
  });

  it("in a plan that a person is asked about", async () => {
    const finding = {
      severity: "warn",
      code: "unfinished-deployment",
      message: "an attempt has no end",
      hint: "sluice abort undoes it",
    } as const;
    const deployer = fakeDeployer({ plan: async () => aPlanView({ findings: [finding] }) });
    const { stdout } = await run([...argv, "deploy"], { deployer, isInteractive: true, answer: false });
    expect(stdout).toContain(`[unfinished-deployment]; sluice${given} abort undoes it\n`);
  });

  it("in what commands of the database say", async () => {
    const none = fakeDeployer().database;
    const finding = {
      severity: "warn",
      code: "not-notified",
      message: "not told",
      hint: "sluice outbox flush",
    } as const;
    const backup: typeof none.backup = async ({ onFinding }) => {
      onFinding?.(finding);
      return aBackup();
    };
    const report = aRehearsal({
      findings: [{ code: "lock-queue", severity: "warn", table: null, message: "one", hint: "sluice db migrate" }],
      notTested: ["whether the backup is whole: sluice db verify"],
    });
    const deployer = fakeDeployer({ database: { ...none, backup, rehearse: async () => report } });
    const { stderr } = await run([...argv, "db", "backup"], { deployer });
    expect(stderr).toBe(`not told (sluice${given} outbox flush)\n`);
    for (const options of [[], ["--markdown"]]) {
      const { stdout } = await run([...argv, "db", "rehearse", ...options], { deployer });
      expect(stdout).toContain(`sluice${given} db migrate`);
      expect(stdout).toContain(`sluice${given} db verify`);
      expect(stdout).not.toContain("sluice db");
    }
    const json = await run([...argv, "db", "rehearse", "--json"], { deployer });
    expect(JSON.parse(json.stdout)).toMatchObject({ rehearsal: { findings: [{ hint: "sluice db migrate" }] } });
  });

  it("in what a backup is known for, and how a migration comes back", async () => {
    const none = fakeDeployer().database;
    const notTested = ["it: sluice db verify"];
    const verified = [{ level: "written" as const, at: aBackup().at, restoreMs: 0, notTested }];
    const plan = {
      release: "r2",
      database: "shop",
      jobs: ["migrate"],
      command: null,
      dataRollback: { kind: "none-known" },
    } as const;
    const planMigration: typeof none.planMigration = async ({ onText }) => {
      onText?.("first sluice db backup");
      return plan;
    };
    const database = { ...none, show: async () => aBackup({ verified }), planMigration };
    const shown = await run([...argv, "db", "show", "b1"], { deployer: fakeDeployer({ database }) });
    expect(shown.stdout).toContain(`it: sluice${given} db verify\n`);
    const planned = await run([...argv, "db", "migrate", "--plan"], { deployer: fakeDeployer({ database }) });
    expect(planned.stdout).toContain(`sluice${given} db backup --verify takes one\n`);
    expect(planned.stderr).toBe(`first sluice${given} db backup\n`);
  });

  it("in what is lost with a state home", async () => {
    const rebuilt = aRebuiltState({ lost: ["the backups: sluice db backup takes one"] });
    const deployer = fakeDeployer({ rebuildState: async () => rebuilt });
    const { stdout } = await run([...argv, "state", "rebuild", "--yes"], { deployer });
    expect(stdout).toContain(`sluice${given} db backup takes one\n`);
  });

  it("and not in what programs read", async () => {
    const error = new SluiceError("STATE_UNCLEAR", "d7 has no end", { hint: "sluice abort undoes it" });
    const ran = await run([...argv, "verify", "--json"], {
      deployer: fakeDeployer({ verify: () => Promise.reject(error) }),
    });
    expect(JSON.parse(ran.stdout)).toMatchObject({ hint: "sluice abort undoes it" });
  });
});
