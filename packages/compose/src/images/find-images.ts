import { type CallOptions, type ComposeModel, SluiceError } from "@sluice/core";
import { runCompose } from "../compose-cli/run.ts";
import type { Engine } from "../engine/engine.ts";
import { unreachableByCompose } from "../engine/errors.ts";
import { defaultPlatform } from "../model/default-platform.ts";
import { imageId } from "./image-id.ts";
import { nameAgain } from "./name-again.ts";
import { pullOf } from "./pull-policy.ts";

/**
 * Image ids of services that only name their image, pulled by Compose, with the credentials and platforms it knows, as their
 * `pull_policy` says. An image that a container of the project runs from is there, also where its name was pruned.
 *
 * @throws SluiceError ENGINE_UNREACHABLE; IMAGE_MISSING naming the images that are not there, or that were to be pulled anew and cannot be
 */
export async function findImages(
  engine: Engine,
  model: ComposeModel,
  services: readonly string[],
  options: CallOptions,
): Promise<Readonly<Record<string, string>>> {
  const nameOf = (service: string) => model.services[service]?.image ?? "";
  const isThere = await Promise.all(services.map(async (service) => (await imageId(engine, nameOf(service))) !== null));
  const wishOf = (service: string, there = false) => pullOf(model.services[service]?.["pull_policy"], there);
  const nameless = services.filter((service, index) => !isThere[index] && wishOf(service) !== "anew");
  const named = await nameAgain(engine, model, nameless, options);
  const wished = services.map((service, index) => wishOf(service, isThere[index] || named.has(service)));
  await pullAnew(
    engine,
    model,
    services.filter((_, index) => wished[index] === "anew"),
    options,
  );
  const wanted = services.filter((_, index) => wished[index] === "missing");
  // A failure is judged by what is there afterwards.
  const { output } = await pull(engine, model, wanted, ["--ignore-pull-failures"], options);
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

/** What is on the engine may be an older one under the same name. */
async function pullAnew(
  engine: Engine,
  model: ComposeModel,
  services: readonly string[],
  options: CallOptions,
): Promise<void> {
  const { exitCode, output } = await pull(engine, model, services, [], options);
  if (exitCode === 0) return;
  const names = [...new Set(services.map((service) => model.services[service]?.image))];
  const which = names.length === 1 ? "cannot be pulled" : "cannot all be pulled";
  const reason = output.split("\n").at(-1) ?? "";
  const unreachable = unreachableByCompose(reason, output);
  if (unreachable) throw unreachable;
  throw new SluiceError("IMAGE_MISSING", `what pull_policy asks for anew ${which}: ${names.join(", ")}: ${reason}`, {
    detail: output || undefined,
    hint: "is the registry up, and `docker login` still valid? To deploy what is on the engine, set pull_policy: missing",
  });
}

interface Pulled {
  readonly exitCode: number;
  /** The end of it. */
  readonly output: string;
}

async function pull(
  engine: Engine,
  model: ComposeModel,
  services: readonly string[],
  flags: readonly string[],
  { signal, onOutput }: CallOptions,
): Promise<Pulled> {
  if (services.length === 0) return { exitCode: 0, output: "" };
  const chosen = Object.fromEntries(
    services.map((name) => {
      const { image, platform } = model.services[name] as { image?: string; platform?: string };
      return [name, { image, ...(platform ? { platform } : {}) }];
    }),
  );
  const { exitCode, stdout, stderr } = await runCompose({
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
      ...flags,
    ],
    env: { ...defaultPlatform(model), ...engine.env },
    cwd: "/",
    stdin: JSON.stringify({ name: model.name, services: chosen }),
    source: "pull",
    redact: engine.redact,
    signal,
    onOutput,
  });
  return { exitCode, output: engine.redact(`${stdout}${stderr}`.trim().split("\n").slice(-20).join("\n")) };
}
