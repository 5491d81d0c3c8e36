import {
  findBundle,
  inOrder,
  type JobAttempt,
  type JobChange,
  type ServiceFacts,
  type SlotRequest,
  SluiceError,
  type StoredRelease,
} from "@sluice/core";
import { assertOwnProjects, settle } from "@sluice/engine";
import type { Session } from "../session.ts";
import { findServing } from "../status/find-serving.ts";
import { telling } from "../telling.ts";
import { tellCutShort } from "./cut-short.ts";
import type { MigrateCall, MigrationPlan, MigrationResult } from "./database-operations.ts";
import { type FoundDatabase, findDatabase } from "./find-database.ts";
import { createMigrationRunner, openServer, planWayBack, runWatched } from "./migration-runner.ts";
import { databaseSettings } from "./open-database.ts";
import { assertServingIsLast, assertTakesBackItsOwn } from "./take-back.ts";

interface Migration {
  readonly database: string;
  readonly kind: FoundDatabase["kind"];
  readonly release: StoredRelease;
  readonly request: Omit<SlotRequest, "jobs" | "deployment">;
  readonly jobs: readonly ServiceFacts[];
  /** In the place of the jobs' own. */
  readonly command: readonly string[] | null;
}

/** What a migration would run, and how its data would come back. Changes nothing. */
export async function planMigration(session: Session, call: MigrateCall, signal: AbortSignal): Promise<MigrationPlan> {
  const { database, kind, release, jobs, command } = await findMigration(session, call, signal);
  const { migrate } = await databaseSettings(session);
  const names = jobs.map(({ name }) => name);
  // Of no other kind rows are counted.
  await using server = kind === "postgres" ? await openServer(session, database, "plan", signal) : null;
  const { tag } = release.bundle;
  const down = call.down ? null : (migrate.down?.command ?? null);
  const dataRollback = await planWayBack(session, database, { jobs: names, release: tag, down }, server);
  return { release: tag, database, jobs: names, command, dataRollback };
}

/** Id of the release whose jobs would run, where nothing speaks against it. Changes nothing. @throws SluiceError RELEASE_UNKNOWN, STATE_UNCLEAR, USAGE, PREFLIGHT_FAILED */
export async function releaseToMigrate(session: Session, call: MigrateCall, signal: AbortSignal): Promise<string> {
  return (await findMigration(session, call, signal)).release.bundle.id;
}

/** Of a job that is interrupted: whoever cancels a workflow waits ten seconds, and it has to be known by then what is left. */
const [jobGraceMs, graceMs] = [2_000, 5_000];

/** Runs the jobs of a stored release, in the networks of the slot that serves, or that deployments use. Under the lock of the stack. */
export async function migrate(
  session: Session,
  call: MigrateCall,
  run: string,
  signal: AbortSignal,
): Promise<MigrationResult> {
  const { slots, base } = await session.ports();
  const { database, release, request, jobs, command } = await findMigration(session, call, signal);
  const { stack, slot, services } = request;
  await slots.sweep(stack, { signal });
  await base.ensureNetworks(release.model, slot, services, { signal });
  const runner = createMigrationRunner(session);
  const results: MigrationResult["jobs"][number][] = [];
  for (const { name } of jobs) {
    const written = release.model.services[name]?.environment ?? {};
    const environment = await runner.environment({ database, run }, written);
    const changed = { ...request, deployment: run, jobs: { [name]: jobChange(environment, command) } };
    const asked = { database, run, jobs: [name], release, signal, onProgress: call.onText };
    const about = { database, job: name, tag: release.bundle.tag };
    const report = await tellCutShort(about, signal, call.onFinding ?? telling(session), ({ started, seen }) => {
      const job = (attempt: JobAttempt) => {
        const onStarted = (addresses: readonly string[]) => {
          started();
          attempt.onStarted(addresses);
        };
        return slots.runJob(changed, name, { ...attempt, graceMs: jobGraceMs, onStarted, onOutput: call.onOutput });
      };
      const running = runWatched(session, { ...asked, onCutShort: seen }, job, command);
      return settle(session.clock, signal, running, () => graceMs);
    });
    results.push({ job: name, report });
  }
  return { release: release.bundle.tag, database, jobs: results };
}

function jobChange(environment: Readonly<Record<string, string>>, command: readonly string[] | null): JobChange {
  return command ? { environment, command } : { environment };
}

/** @throws SluiceError RELEASE_UNKNOWN, STATE_UNCLEAR, USAGE, PREFLIGHT_FAILED */
async function findMigration(
  session: Session,
  { release, down, onText }: MigrateCall,
  signal: AbortSignal,
): Promise<Migration> {
  const [project, settings, ports] = await Promise.all([
    session.project(signal),
    databaseSettings(session),
    session.ports(),
  ]);
  const { service: database, kind } = findDatabase(settings, project.services, project.model);
  const [found, bundles] = await Promise.all([findServing(session, signal), ports.bundles.list()]);
  const serving = found?.live ? found.live.release : found?.stored?.bundle.id;
  if (!found || !serving) {
    throw new SluiceError("STATE_UNCLEAR", "no release of this stack serves: there is none to run a migration of", {
      hint: "the first deployment runs the migrations itself: sluice deploy",
    });
  }
  if (down && release === undefined) {
    await assertServingIsLast(session, serving, bundles, { service: database, jobs: settings.migrate.jobs });
  }
  const bundle = release === undefined ? bundles.find(({ id }) => id === serving) : findBundle(bundles, release);
  if (!bundle) {
    throw new SluiceError("RELEASE_UNKNOWN", `no release ${JSON.stringify(release ?? serving)} is stored`, {
      hint: "sluice history shows the releases there are",
    });
  }
  const stored = await ports.bundles.load(bundle.id);
  const jobs = chosenJobs(stored, settings.migrate, down ?? false);
  // Where nothing serves in a slot, jobs of deployments run in that one.
  const slot = found.live?.slot ?? "blue";
  assertOwnProjects(new Set([slot]), found.observed);
  const request = { stack: project.stack, slot, release: stored, services: jobs, addresses: {} };
  const command = down ? (settings.migrate.down?.command ?? null) : null;
  if (command) {
    const about = { release: stored, command, serving: found.stored, onText };
    for (const { name } of jobs) {
      await assertTakesBackItsOwn(session, { ...about, service: database, kind, job: name }, signal);
    }
  }
  return { database, kind, release: stored, request, jobs, command };
}

function chosenJobs(
  { bundle }: StoredRelease,
  settings: Awaited<ReturnType<typeof databaseSettings>>["migrate"],
  down: boolean,
): readonly ServiceFacts[] {
  if (down && !settings.down) {
    throw new SluiceError("USAGE", "no command is known that takes a migration back", {
      hint: "say it: database.migrate.down in sluice.yaml, with the job and its command",
    });
  }
  const names = down && settings.down ? [settings.down.job] : settings.jobs;
  const jobs = inOrder(
    bundle.services.filter(({ name, role, active }) => active && role === "job" && (names?.includes(name) ?? true)),
  );
  if (jobs.length > 0) return jobs;
  const which = names ? `none of ${names.join(", ")}` : "no job";
  throw new SluiceError("USAGE", `release ${bundle.tag} has ${which}: nothing is known that migrates its database`, {
    hint: "a service that runs once is a job: services.NAME.role: job in sluice.yaml",
  });
}
