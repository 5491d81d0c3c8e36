import type { DatabaseConfig } from "@sluice/core";
import {
  createMysqlDriver,
  createPostgresDriver,
  type DatabaseDriver,
  findMysqlTarget,
  findPostgresTarget,
} from "@sluice/database";
import type { Session } from "../session.ts";
import { systemClock } from "../system-clock.ts";

export interface DriverRequest {
  readonly kind: DatabaseDriver["kind"];
  /** Id of the container that the database runs in. */
  readonly container: string;
  readonly stack: string;
  readonly settings: DatabaseConfig;
}

/** The driver of a kind, with what it needs found out in the database's container. @throws SluiceError DATABASE_UNREACHABLE, DATABASE_UNKNOWN */
export async function createDriver(
  session: Session,
  { kind, container, stack, settings }: DriverRequest,
  signal?: AbortSignal,
): Promise<DatabaseDriver> {
  const { exec, throwAway } = session.runtime();
  const { user, name: database, verify } = settings;
  const wanted = { user, database, signal };
  const options = {
    exec,
    throwAway,
    clock: systemClock,
    stack,
    scratchMemoryBytes: verify.memory,
    ...(verify.rows === "all" ? { sampleAboveBytes: Number.POSITIVE_INFINITY } : {}),
  };
  switch (kind) {
    case "postgres":
      return createPostgresDriver({ ...options, target: await findPostgresTarget(exec, container, wanted) });
    case "mysql":
    case "mariadb":
      return createMysqlDriver({ ...options, target: await findMysqlTarget(exec, container, wanted) });
  }
}
