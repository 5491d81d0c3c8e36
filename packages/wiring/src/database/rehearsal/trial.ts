import {
  type Config,
  inOrder,
  judgedBy,
  type RehearsalWorld,
  type RehearsedFiles,
  releaseChecks,
  type StoredRelease,
  type Verdict,
} from "@sluice/core";
import type { Compatibility, Trial } from "@sluice/database";
import type { Session } from "../../session.ts";
import { isWeb, type Proof, proveRelease } from "./prove-release.ts";

export interface TrialRequest {
  readonly candidate: StoredRelease;
  /** The release that serves; `null` where none is known. */
  readonly previous: StoredRelease | null;
  /** Service of the database. */
  readonly database: string;
  /** Of a database in a file: what its copy takes the place of. */
  readonly files?: RehearsedFiles | undefined;
  /** The job and its command that take a migration back, where they are configured. */
  readonly down?: { readonly job: string; readonly command: readonly string[] } | undefined;
  /** A label of what is made. */
  readonly deployment: string;
}

/** The candidate's migration and the previous release, in networks where the database is the given container. */
export async function openTrial(
  session: Session,
  { candidate, previous, database, files, down, deployment }: TrialRequest,
  copy: string,
  signal: AbortSignal,
): Promise<Trial> {
  const stack = await session.stack();
  const world = await session.runtime().rehearsals.open({ stack, deployment, database, copy, files }, { signal });
  const missing = new Set<string>();
  if (!previous) missing.add("what runs now: it is no release that is stored");
  const isThere = candidate.bundle.services.some(
    ({ name, role, active }) => active && role === "job" && name === down?.job,
  );
  if (down && !isThere) missing.add(`the down migration: ${candidate.bundle.tag} has no job ${down.job}`);
  const migration = migrationOf(candidate);
  if (migration.how === "none") missing.add("any migration: the release has no job and no web service");
  let before: Proof | null = null;
  const prove = async (release: StoredRelease): Promise<Proof> => {
    const proof = await proveRelease(session, world, release, signal);
    for (const text of proof.notTested) missing.add(text);
    await world.clear();
    return proof;
  };
  return {
    async baseline() {
      if (!previous) return null;
      before = await prove(previous);
      return { release: previous.bundle.tag, ...before };
    },
    migration,
    migrate: () => migrate(world, candidate, migration, signal),
    async prove() {
      if (!previous) return noPrevious;
      if (before?.failure) return notTested(previous, `it does not run on the copy as it was: ${before.failure}`);
      const own = ownChecks(await session.config(), previous);
      return compare(previous, before?.verdicts ?? [], await prove(previous), own);
    },
    ...(down && isThere ? { down: () => world.runJob(candidate, down.job, { command: down.command, signal }) } : {}),
    notTested: () => [...missing, ...world.notTested()],
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

const noPrevious: Compatibility = { release: null, result: "not-tested", why: "no release is live", verdicts: [] };

function notTested({ bundle }: StoredRelease, why: string): Compatibility {
  return { release: bundle.tag, result: "not-tested", why, verdicts: [] };
}

/** Names of the checks that the release was deployed with itself: on its own data it passed them. */
export function ownChecks(config: Config, { bundle }: StoredRelease): ReadonlySet<string> {
  const written = (of: Config) =>
    releaseChecks(of, bundle.services).map((check) => [check.name, JSON.stringify(check)] as const);
  const asDeployed = new Map(written(judgedBy(config, bundle)));
  return new Set(written(config).flatMap(([name, check]) => (asDeployed.get(name) === check ? [name] : [])));
}

/**
 * Only what was well before the migration can have been broken by it. Of a check of its own that failed before it, nobody knows what the
 * migration does to it: the release is not seen to run.
 *
 * @param own see `ownChecks`
 */
export function compare(
  { bundle }: StoredRelease,
  before: readonly Verdict[],
  { failure, verdicts }: Proof,
  own: ReadonlySet<string>,
): Compatibility {
  const release = bundle.tag;
  if (failure) return { release, result: "fail", why: failure, verdicts };
  const passed = new Set(before.filter(({ result }) => result === "pass").map(({ check }) => check));
  const counted = verdicts.filter(({ check }) => passed.has(check));
  const broken = counted.find(({ result }) => result !== "pass");
  if (broken) {
    const { check, value, limit } = broken;
    return { release, result: "fail", why: `check "${check}": ${value}, expected ${limit}`, verdicts };
  }
  const failed = new Set(before.filter(({ result }) => result === "fail").map(({ check }) => check));
  const blind = verdicts.find(({ check, result }) => result === "fail" && failed.has(check) && own.has(check));
  if (blind) {
    const { check, value, limit } = blind;
    const why = `check "${check}" failed on the copy before the migration, too (${value}, expected ${limit}), and cannot tell; ${counted.length} of its checks passed`;
    return { release, result: "not-tested", why, verdicts };
  }
  if (counted.length === 0) return { release, result: "not-tested", why: "none of its checks could be made", verdicts };
  const left = verdicts.length - counted.length;
  const more = left > 0 ? `; ${left} did not pass before the migration either` : "";
  return { release, result: "pass", why: `${counted.length} of its checks passed${more}`, verdicts };
}

/** As a deployment runs it: by its jobs, or where there is none by the start of the application. */
function migrationOf({ bundle }: StoredRelease): Trial["migration"] {
  const active = bundle.services.filter((service) => service.active);
  const jobs = inOrder(active.filter(({ role }) => role === "job")).map(({ name }) => name);
  if (jobs.length > 0) return { how: "job", services: jobs };
  const [first] = inOrder(active.filter(isWeb));
  return first ? { how: "start", services: [first.name] } : { how: "none", services: [] };
}

async function migrate(
  world: RehearsalWorld,
  candidate: StoredRelease,
  { how, services }: Trial["migration"],
  signal: AbortSignal,
): Promise<void> {
  if (how === "job") for (const job of services) await world.runJob(candidate, job, { signal });
  if (how !== "start") return;
  await world.start(candidate, services, { signal });
  await world.clear();
}
