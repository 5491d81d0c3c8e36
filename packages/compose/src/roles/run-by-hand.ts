import type { ComposeModel } from "@sluice/core";

/**
 * The command that runs a tool once. What the project builds is built before, as no deployment gives an image the name that Compose
 * looks for; and nothing that it depends on is started, as plain Compose would start it beside slots and doors.
 */
export function runByHand({ services }: ComposeModel, service: string): string {
  const { build, image } = services[service] ?? {};
  const isLent = build === undefined && image !== undefined;
  const builder = Object.keys(services).find(
    (name) => isLent && services[name]?.build !== undefined && services[name].image === image,
  );
  const run = `docker compose run --rm ${build === undefined ? "" : "--build "}--no-deps ${service}`;
  return builder === undefined ? run : `docker compose build ${builder} && ${run}`;
}
