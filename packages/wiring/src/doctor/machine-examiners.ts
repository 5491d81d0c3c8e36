import { environmentFingerprint, resolveEndpoint } from "@sluice/compose";
import { type DatabaseConfig, type Examiner, isOfCommit, messageOf, readWorkflowRun } from "@sluice/core";
import { backupDiagnoses, leftDiagnoses } from "@sluice/database";
import { describeCheckout, isRunOfRelease, isShallow, releaseDiagnoses, runnerDiagnoses } from "@sluice/release";
import {
  checkoutDiagnoses,
  fileDiagnoses,
  jobsWithoutSettings,
  minutesDiagnoses,
  settingsDiagnoses,
  shortJobs,
  unreleasedCheckouts,
  unwrittenFiles,
} from "@sluice/workflows";
import { findDatabase } from "../database/find-database.ts";
import { listBackups } from "../database/list-backups.ts";
import { assertIdentity } from "../database/open-cipher.ts";
import { openDatabase } from "../database/open-database.ts";
import { readDatabaseRecords } from "../database/records.ts";
import { projectRepository } from "../github/project-repository.ts";
import { heldMinutes, jobMinutes } from "../project/job-minutes.ts";
import { loadEnvironmentNames } from "../project/load-config.ts";
import { resolveRelease } from "../project/resolve-release.ts";
import type { Session } from "../session.ts";
import { findServing } from "../status/find-serving.ts";
import { readProjectWorkflows, readWorkflowFiles } from "../workflows.ts";
import { dependencyExaminer } from "./dependency-examiner.ts";
import { environmentDiagnoses } from "./environment-diagnoses.ts";
import { githubExaminer } from "./github-examiner.ts";
import { isLocal } from "./is-local.ts";
import { keysOfRun } from "./keys-of-run.ts";
import { machineDiagnoses } from "./machine-diagnoses.ts";
import { readClockSynchronised, readListeningPorts, readUnresolvedDomain, takenPorts } from "./read-machine.ts";
import { readEngineUsers, readRunners, runnerHomes } from "./read-runner.ts";

/** What is around a stack: the machine, the runner that deploys, the release that is asked for, and backups. */
export function machineExaminers(session: Session): readonly Examiner[] {
  const { options, clock } = session;
  return [
    {
      name: "machine",
      async examine(signal) {
        const [listening, isClockSynchronised, unresolvedDomain] = await Promise.all([
          isLocal(options.env).then((isHere) => (isHere ? readListeningPorts() : new Set<number>())),
          readClockSynchronised(signal),
          readUnresolvedDomain(options.env["DOMAIN"]),
        ]);
        const taken = listening.size > 0 ? await readTakenPorts(session, listening, signal) : [];
        return machineDiagnoses({ takenPorts: taken, isClockSynchronised, unresolvedDomain });
      },
    },
    {
      name: "runner",
      async examine(signal) {
        const [directories, config, endpoint] = await Promise.all([
          runnerHomes(),
          session.config(),
          resolveEndpoint(options.env).catch(() => null),
        ]);
        const engineUsers = endpoint?.kind === "unix" ? await readEngineUsers(endpoint.socketPath) : null;
        const runners = await readRunners({ directories, engineUsers }, signal);
        // A checkout that git does not read is found by who looks at the release.
        const repository = await projectRepository(config, options).catch(() => null);
        return runnerDiagnoses(runners, { repository, isJob: readWorkflowRun(options.env).isSelfHosted });
      },
    },
    {
      name: "release",
      async examine(signal) {
        const { directory, env } = options;
        const [{ commit, dirty, describe, tagsAtHead, missingSubmodules, lfsPointers }, isShallowClone, { releases }] =
          await Promise.all([
            describeCheckout(directory, { signal }),
            isShallow(directory, { signal }),
            session.config(),
          ]);
        const { allowPrerelease } = releases;
        const source = { env, directory, allowPrerelease, isOnlyNamed: true, signal };
        const asked = isRunOfRelease(env) ? await resolveRelease(source) : null;
        const ignored = asked && "ignored" in asked ? asked.ignored : null;
        const facts = { commit, isDirty: dirty, isShallow: isShallowClone, tagsAtHead, missingSubmodules, lfsPointers };
        return releaseDiagnoses({ ignored, described: asked ? null : describe, ...facts });
      },
    },
    {
      name: "settings",
      async examine() {
        const [workflows, environments, config] = await Promise.all([
          readWorkflowFiles(options.directory),
          loadEnvironmentNames(options),
          session.config(),
        ]);
        const { environment = "production" } = options;
        // A project that no workflow can be written for has none of its files looked at.
        const outOfGit =
          workflows.length === 0
            ? []
            : await readProjectWorkflows(session, "certain").then(
                (found) => found.outOfGit,
                () => [],
              );
        const [held, wanted] = [heldMinutes(config), jobMinutes(config).deploy];
        return [
          ...settingsDiagnoses(jobsWithoutSettings(workflows, environments)),
          ...minutesDiagnoses(shortJobs(workflows, environment, held), { environment, held, wanted }),
          ...checkoutDiagnoses(unreleasedCheckouts(workflows, environment), environment),
          ...fileDiagnoses(unwrittenFiles(workflows, environment, outOfGit)),
        ];
      },
    },
    githubExaminer(session),
    dependencyExaminer(session),
    {
      name: "variables",
      async examine(signal) {
        const [project, home, found, { commit, dirty }] = await Promise.all([
          session.project(signal),
          session.home(),
          findServing(session, signal),
          describeCheckout(options.directory, { signal }),
        ]);
        const live = found?.stored?.bundle;
        if (!live) return [];
        const here = environmentFingerprint(project.model, home.hashKey);
        const isSameCommit = !dirty && isOfCommit(live, commit);
        const ofRun = isSameCommit
          ? await keysOfRun(session, { here, hashKey: home.hashKey }, signal)
          : new Set<string>();
        return environmentDiagnoses({ tag: live.tag, live: live.environment, here, isSameCommit, ofRun });
      },
    },
    {
      name: "backups",
      async examine(signal) {
        const { database } = await session.config();
        if (!database) return [];
        const [owner, { id }] = await Promise.all([ownerOf(session), session.home()]);
        // A home that the stack does not belong to knows nothing of its backups.
        if (owner !== null && owner !== id) return [];
        const [{ backups, damaged }, { journal }, keyProblem, canBeTaken] = await Promise.all([
          listBackups(session),
          session.ports(),
          assertIdentity(database, options.directory).then(() => null, messageOf),
          owner !== null || databaseRuns(session, database, signal),
        ]);
        const records = await readDatabaseRecords(journal);
        const { beforeDeploy } = database;
        // No command chooses those, and they prove nothing of this database.
        const own = backups.filter(({ ofOtherHome }) => !ofOtherHome);
        const facts = { canBeTaken, backups: own, damagedCount: damaged.length, keyProblem, records, now: clock.now() };
        return backupDiagnoses({ beforeDeploy, ...facts });
      },
    },
    {
      name: "database",
      async examine(signal) {
        const [{ database: configured }, { journal }] = await Promise.all([session.config(), session.ports()]);
        const records = configured ? [] : await readDatabaseRecords(journal);
        // Also one that failed, or was cut off, may have left something.
        if (!configured && !records.some(({ action }) => action === "restore" || action === "restore-undo")) return [];
        // That it does not run is found by who looks at the stack.
        const database = await openDatabase(session, {}, signal).catch(() => null);
        if (database === null) return [];
        const { ports, service } = database;
        const call = { backup: service, signal };
        const [left, besides] = await Promise.all([ports.driver.findLeft?.(call), ports.driver.findBesides?.(call)]);
        return leftDiagnoses(left, besides);
      },
    },
  ];
}

/** Id of the state home that the stack belongs to; `null` before the first deployment, and where the engine does not say. */
async function ownerOf(session: Session): Promise<string | null> {
  const stack = await session.stack();
  return session
    .runtime()
    .claims.read(stack)
    .catch(() => null);
}

/** Also where nobody can tell: it is for a person to see. */
async function databaseRuns(session: Session, database: DatabaseConfig, signal: AbortSignal): Promise<boolean> {
  try {
    const { services, model, stack } = await session.project(signal);
    const { service } = findDatabase(database, services, model);
    return (await session.runtime().runningOf(stack, service, signal)).length > 0;
  } catch {
    return true;
  }
}

async function readTakenPorts(session: Session, listening: ReadonlySet<number>, signal: AbortSignal) {
  const project = await session.project(signal);
  const [observed, own] = await Promise.all([
    session.runtime().observer.observe(project, signal),
    session.runtime().publishedPorts(project.stack, signal),
  ]);
  const others = new Set([...listening].filter((port) => !own.has(port)));
  return takenPorts(project.services, observed, others);
}
