import { type ComposeService, type DatabaseConfig, type RehearsedFiles, SluiceError } from "@sluice/core";
import {
  createCommandDriver,
  createMysqlDriver,
  createPostgresDriver,
  createSqliteDriver,
  type DatabaseDriver,
  findMysqlTarget,
  findPostgresTarget,
} from "@sluice/database";
import type { Session } from "../session.ts";

export interface DriverRequest {
  readonly kind: DatabaseDriver["kind"];
  readonly service: string;
  /** Id of the container that the database runs in. */
  readonly container: string;
  readonly stack: string;
  readonly settings: DatabaseConfig;
  /** How the compose file starts the service. */
  readonly start: Pick<ComposeService, "entrypoint" | "command">;
  /** Where the database is, if it is in a file on a volume. */
  readonly files: RehearsedFiles | null;
}

/** The driver of a kind, with what it needs found out in the database's container. @throws SluiceError DATABASE_UNREACHABLE, DATABASE_UNKNOWN, CONFIG_INVALID */
export async function createDriver(
  session: Session,
  { kind, service, container, stack, settings, start, files }: DriverRequest,
  signal?: AbortSignal,
): Promise<DatabaseDriver> {
  const { exec, throwAway } = session.runtime();
  const { user, name: database, verify } = settings;
  const wanted = { user, database, signal };
  const options = {
    exec,
    throwAway,
    clock: session.clock,
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
    case "sqlite": {
      const { toolImage } = settings;
      const file = configured(kind, "file", settings.file);
      const volume = files?.target;
      return createSqliteDriver({ ...options, container, toolImage, file, volume });
    }
    case "command": {
      const commands = configured(kind, "command", settings.command);
      const { entrypoint, command } = start;
      const asService = { ...(entrypoint ? { entrypoint } : {}), ...(command ? { command } : {}) };
      const started = commands.start ? { entrypoint: commands.start, command: [] } : asService;
      return createCommandDriver({ ...options, service, container, commands, start: started });
    }
  }
}

/** @throws SluiceError CONFIG_INVALID */
function configured<T>(kind: string, key: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new SluiceError("CONFIG_INVALID", `a database of kind ${kind} needs database.${key}`, {
    hint: "see docs/sluice.example.yaml",
  });
}
