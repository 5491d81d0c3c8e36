import { createComposeRuntime } from "@sluice/compose";
import { type ContainerExec, defaultConfig, SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import {
  type AttemptCall,
  findPostgresTarget,
  type MigrationReport,
  type MigrationSettings,
  openPostgresMigrationServer,
  postgresMigrationEnvironment,
  runPostgresMigration,
} from "@sluice/database";
import type { Project } from "./postgres.ts";

export const settings: MigrationSettings = {
  lockTimeoutMs: 1_000,
  queueTimeoutMs: 1_000,
  statementTimeoutMs: 60_000,
  profile: "ordinary",
  longTransactionMs: 1,
  onLongTransaction: "warn",
  attempts: 1,
  waitMs: 0,
  inject: true,
};

export interface Migrations {
  /** Runs statements as a user's own tool would: a process of its own that knows nothing of us. */
  run(sql: string, over?: Partial<MigrationSettings>, run?: string): Promise<MigrationReport>;
  /** Runs whatever is given. */
  runTool(
    tool: (call: AttemptCall) => Promise<void>,
    over?: Partial<MigrationSettings>,
    run?: string,
    left?: readonly string[],
  ): Promise<MigrationReport>;
  readonly told: readonly string[];
}

/** Migrations of a project's database, without a deployer around them. */
export async function migrationsOf(project: Project): Promise<Migrations> {
  const exec = createExec();
  const target = await findPostgresTarget(exec, project.container);
  const told: string[] = [];
  const runTool: Migrations["runTool"] = async (tool, over = {}, run = "test", left = []) => {
    await using server = await openPostgresMigrationServer(exec, target, run);
    const onProgress = (text: string) => void told.push(text);
    return await runPostgresMigration(
      { server, clock: systemClock, settings: { ...settings, ...over }, run, onProgress, left },
      tool,
    );
  };
  return {
    told,
    runTool,
    run: (sql, over = {}, run = "test") =>
      runTool(
        async ({ signal }) => {
          const environment = postgresMigrationEnvironment({}, run, { ...settings, ...over });
          const command = ["psql", "-XqAtw", "-v", "ON_ERROR_STOP=1", "-U", target.user, target.database];
          const ended = await exec.exec(project.container, command, { stdin: sql, environment, signal });
          if (ended.exitCode !== 0) throw new SluiceError("JOB_FAILED", "psql failed", { detail: ended.stderr });
        },
        over,
        run,
      ),
  };
}

export function createExec(): ContainerExec {
  const { exec } = createComposeRuntime({
    env: process.env,
    clock: systemClock,
    config: async () => defaultConfig(),
    readRouting: () => Promise.reject(new Error("there are no doors here")),
  });
  return exec;
}
