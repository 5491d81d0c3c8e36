import { type ComposeModel, type Config, configuredMigration, SluiceError } from "@sluice/core";

/**
 * @param names of the services that the compose files have
 * @throws SluiceError CONFIG_INVALID for a setting or a check of a service that is not there
 */
export function assertServices(names: readonly string[], config: Config): void {
  const named = [
    ...Object.keys(config.services).map((name) => ({ name, place: `services.${name}` })),
    ...config.checks.flatMap(({ service }, index) =>
      service === undefined ? [] : [{ name: service, place: `checks.${index}.service` }],
    ),
  ];
  const unknown = named.find(({ name }) => !names.includes(name));
  if (unknown === undefined) return;
  const { name, place } = unknown;
  throw new SluiceError("CONFIG_INVALID", `${place}: the compose files have no service of the name ${name}`, {
    hint: `they have ${names.join(", ")}`,
  });
}

/** Whether a deployment has to know a service that the model has not: one to migrate in, or of a check. What is set of one it need not. */
export function needsMore({ services }: ComposeModel, { checks, database }: Config): boolean {
  const needed = [configuredMigration(database)?.service, ...checks.map(({ service }) => service)];
  return needed.some((name) => name !== undefined && !(name in services));
}
