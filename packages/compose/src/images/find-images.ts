import { type CallOptions, type ComposeModel, SluiceError } from "@sluice/core";
import { runCompose } from "../compose-cli/run.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";

/** Id of an image on the engine, or `null`. */
export async function imageId(engine: Engine, name: string): Promise<string | null> {
  const image = await engine.call(`image ${name} cannot be looked at`, (docker) =>
    unlessStatus(docker.getImage(name).inspect(), [404], null),
  );
  return image?.Id ?? null;
}

/**
 * Image ids of services that only name their image; those that are not on the engine, and those with
 * `pull_policy: always`, are pulled by Compose, with the credentials and platforms it knows.
 *
 * @throws SluiceError IMAGE_MISSING naming the images
 */
export async function findImages(
  engine: Engine,
  model: ComposeModel,
  services: readonly string[],
  options: CallOptions,
): Promise<Readonly<Record<string, string>>> {
  const nameOf = (service: string) => model.services[service]?.image ?? "";
  const before = await Promise.all(services.map((service) => imageId(engine, nameOf(service))));
  const wanted = services.filter(
    (service, index) => before[index] === null || model.services[service]?.["pull_policy"] === "always",
  );
  const output = wanted.length > 0 ? await pull(engine, model, wanted, options) : "";
  const ids = await Promise.all(
    services.map(async (service) => [service, await imageId(engine, nameOf(service))] as const),
  );
  const missing = [...new Set(ids.flatMap(([service, id]) => (id === null ? [nameOf(service)] : [])))];
  if (missing.length === 0) return Object.fromEntries(ids.map(([service, id]) => [service, id ?? ""]));
  throw new SluiceError("IMAGE_MISSING", `images are not on the engine and cannot be pulled: ${missing.join(", ")}`, {
    detail: output || undefined,
    hint: `docker pull ${missing[0]}`,
  });
}

/** A failure is judged by what is there afterwards. Resolves with the end of the output. */
async function pull(
  engine: Engine,
  model: ComposeModel,
  services: readonly string[],
  { signal, onOutput }: CallOptions,
): Promise<string> {
  const chosen = Object.fromEntries(
    services.map((name) => {
      const { image, platform } = model.services[name] as { image?: string; platform?: string };
      return [name, { image, ...(platform ? { platform } : {}) }];
    }),
  );
  const { stdout, stderr } = await runCompose({
    args: [
      "-p",
      model.name,
      "--project-directory",
      "/",
      "--env-file",
      "/dev/null",
      "--progress",
      "plain",
      "-f",
      "-",
      "pull",
      "--ignore-pull-failures",
    ],
    env: engine.env,
    cwd: "/",
    stdin: JSON.stringify({ name: model.name, services: chosen }),
    source: "pull",
    redact: engine.redact,
    signal,
    onOutput,
  });
  return engine.redact(`${stdout}${stderr}`.trim().split("\n").slice(-20).join("\n"));
}
