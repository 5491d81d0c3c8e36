import {
  type ComposeModel,
  type Config,
  type DatabaseConfig,
  inactiveText,
  type ResolvedProject,
  type ServiceFacts,
  SluiceError,
} from "@sluice/core";
import { type DatabaseDriver, inferDatabaseKind } from "@sluice/database";

export interface FoundDatabase {
  readonly service: string;
  readonly kind: DatabaseDriver["kind"];
}

type Facts = Pick<ServiceFacts, "name" | "role" | "active" | "isUnread" | "inactiveProfiles">;

/**
 * The service whose database is meant: the configured one, or the only data service whose image is a known database.
 *
 * @throws SluiceError DATABASE_UNKNOWN
 */
export function findDatabase(
  config: Pick<DatabaseConfig, "service" | "kind"> | undefined,
  services: readonly Facts[],
  model: Pick<ComposeModel, "services">,
): FoundDatabase {
  if (config?.service !== undefined) {
    const { service } = config;
    const unread = services.find(({ name, isUnread = false }) => isUnread && name === service);
    if (unread?.inactiveProfiles) {
      const { under, hint } = inactiveText(unread.inactiveProfiles);
      throw new SluiceError("DATABASE_UNKNOWN", `database.service names ${service}, which is ${under}`, { hint });
    }
    if (!(service in model.services)) {
      throw unknown(`database.service names ${service}, which the compose file does not have`, services);
    }
    const kind = config.kind ?? kindOf(service, model);
    if (kind) return { service, kind };
    throw new SluiceError("DATABASE_UNKNOWN", `nobody can tell what database ${service} is from its image`, {
      hint: "say it: database.kind in sluice.yaml",
    });
  }
  const found = knownDatabases(services, model);
  const [only, second] = found;
  if (only && !second) return only;
  if (!only) throw noneKnown(services, model);
  throw unknown(
    `the project has ${found.length} databases: ${found.map(({ service }) => service).join(", ")}`,
    services,
  );
}

/** Active data services whose image is a known database. Pure. */
export function knownDatabases(
  services: readonly Facts[],
  model: Pick<ComposeModel, "services">,
): readonly FoundDatabase[] {
  return services
    .filter(({ active, role }) => active && role === "data")
    .flatMap(({ name }) => {
      const kind = kindOf(name, model);
      return kind ? [{ service: name, kind }] : [];
    });
}

/** The first that would be one under its own profiles is named. */
function noneKnown(services: readonly Facts[], model: Pick<ComposeModel, "services">): SluiceError {
  const none = "the project has no database that is known here (PostgreSQL, MariaDB, MySQL)";
  const off = services.find(
    ({ name, active, role, inactiveProfiles }) => !active && inactiveProfiles && role === "data" && kindOf(name, model),
  );
  if (!off?.inactiveProfiles) return unknown(none, services);
  const { under, hint } = inactiveText(off.inactiveProfiles);
  return new SluiceError("DATABASE_UNKNOWN", `${none}: ${off.name} is ${under}`, { hint });
}

function kindOf(service: string, model: Pick<ComposeModel, "services">): FoundDatabase["kind"] | null {
  return inferDatabaseKind(model.services[service]?.image ?? "");
}

/** The configuration with the database's service and kind named, where one is configured: a plan says which it is. @throws SluiceError DATABASE_UNKNOWN */
export function withDatabaseService(
  config: Config,
  { services, model }: Pick<ResolvedProject, "services" | "model">,
): Config {
  const { database } = config;
  if (!database) return config;
  return { ...config, database: { ...database, ...findDatabase(database, services, model) } };
}

function unknown(message: string, services: readonly Pick<ServiceFacts, "name">[]): SluiceError {
  return new SluiceError("DATABASE_UNKNOWN", message, {
    hint: `name one in sluice.yaml: database.service (services: ${services.map(({ name }) => name).join(", ")})`,
  });
}
