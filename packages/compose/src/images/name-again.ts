import type { CallOptions, ComposeModel } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, inspectAll, listBase } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { imageId } from "./image-id.ts";

type Holder = Pick<Docker.ContainerInspectInfo, "Image"> & {
  readonly Config: Pick<Docker.ContainerInspectInfo["Config"], "Image" | "Labels">;
  readonly State: Pick<Docker.ContainerInspectInfo["State"], "Running">;
};

/** As `ImageBuilder.nameAgain`. */
export async function nameImages(
  engine: Engine,
  images: Readonly<Record<string, string>>,
  { signal, onOutput }: CallOptions = {},
): Promise<void> {
  await Promise.all(
    Object.entries(images).map(async ([name, id]) => {
      signal?.throwIfAborted();
      if ((await imageId(engine, name)) !== null || !(await giveName(engine, id, name))) return;
      onOutput?.({
        source: "pull",
        stream: "stdout",
        text: `${name} had lost its name on the engine, and has it again`,
      });
    }),
  );
}

/** Whether the image is there. */
async function giveName(engine: Engine, id: string, name: string): Promise<boolean> {
  const tagged = await engine.call(`image ${id} cannot be named ${name}`, (docker) =>
    unlessStatus(docker.getImage(id).tag(splitName(name)), [404], null),
  );
  return tagged !== null;
}

/**
 * Gives images back the names that they have lost: the second name by which a release keeps its image is why a pruning
 * takes away the first one, though a container runs from it. What a pull brings instead may be a newer one, and would
 * change a data service that nobody has changed.
 *
 * @param services whose image is not on the engine by its name; resolves with those whose image is again
 */
export async function nameAgain(
  engine: Engine,
  model: ComposeModel,
  services: readonly string[],
  { signal, onOutput }: CallOptions,
): Promise<ReadonlySet<string>> {
  const wanted = Object.fromEntries(services.map((service) => [service, model.services[service]?.image ?? ""]));
  const named = new Set<string>();
  if (services.length === 0) return named;
  const found = await listBase(engine, model.name, signal);
  const held = heldImages(
    await inspectAll(
      engine,
      found.map(({ Id }) => Id),
      signal,
    ),
    wanted,
  );
  for (const [service, id] of Object.entries(held)) {
    const name = wanted[service] ?? "";
    if (!(await giveName(engine, id, name))) continue;
    named.add(service);
    const text = `${name} had lost its name on the engine; the image that ${service} runs from has it again`;
    onOutput?.({ source: "pull", stream: "stdout", text });
  }
  return named;
}

/** Image ids by service, of containers that were made from the very name; one that runs counts before one that does not. */
export function heldImages(
  containers: readonly Holder[],
  wanted: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const runningLast = containers.toSorted((one, other) => Number(one.State.Running) - Number(other.State.Running));
  return Object.fromEntries(
    runningLast.flatMap(({ Image, Config }) => {
      const service = Config.Labels[composeLabels.service] ?? "";
      // A digest is no name that could be given.
      return wanted[service] === Config.Image && !Config.Image.includes("@") ? [[service, Image] as const] : [];
    }),
  );
}

/** A colon before the last slash is that of a port. */
function splitName(name: string): { readonly repo: string; readonly tag: string } {
  const [, repo = name, tag = "latest"] = /^(.*?)(?::([^/:]+))?$/.exec(name) ?? [];
  return { repo, tag };
}
