import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReleaseBundle } from "@sluice/core";
import { run } from "./measure.ts";
import type { SluicePeer } from "./peers/sluice.ts";

const lines = (output: string): string[] => output.split("\n").filter((line) => line !== "");

/** What must be the same before and after a command that has nothing to do: `name id started-at`, sorted. */
export async function containersOf(stack: string): Promise<string[]> {
  const ids = lines(await run(["docker", "ps", "-aq", "--filter", `name=${stack}`]));
  if (ids.length === 0) return [];
  const format = "{{.Name}} {{.Id}} {{.State.StartedAt}} {{.State.Status}}";
  return lines(await run(["docker", "inspect", "--format", format, ...ids])).toSorted();
}

/** A container that runs. */
export interface RunningImage {
  readonly service: string;
  /** Id of its image. */
  readonly image: string;
}

/** The running containers of a Compose project. */
async function imagesOf(project: string): Promise<RunningImage[]> {
  const ids = lines(await run(["docker", "ps", "-q", "--filter", `label=com.docker.compose.project=${project}`]));
  if (ids.length === 0) return [];
  const format = '{{index .Config.Labels "com.docker.compose.service"}} {{.Image}}';
  const rows = lines(await run(["docker", "inspect", "--format", format, ...ids]));
  return rows.map((row) => {
    const [service = "", image = ""] = row.split(" ");
    return { service, image };
  });
}

interface Status {
  readonly serving: { readonly release: string; readonly tag: string; readonly slot: string } | null;
}

/** What the bundle of a release says of what runs in its slot. */
export type SlotBundle = Pick<ReleaseBundle, "images" | "services">;

/** How the live slot is beside the bundle of what should serve. */
export interface SlotImages {
  readonly running: readonly RunningImage[];
  /** Why it does not run exactly what the bundle names; empty when it does. */
  readonly differences: readonly string[];
}

/**
 * The images that run after version `tag` should have come to serve. Reads the engine and the bundle's file itself, and asks
 * Sluice only which slot is live.
 */
export async function slotImages(peer: SluicePeer, tag: string): Promise<SlotImages> {
  const options = { cwd: peer.checkout.directory };
  const { serving } = JSON.parse(await run(peer.command("status", "--json"), options)) as Status;
  if (serving?.tag !== tag)
    return { running: [], differences: [`${serving?.tag ?? "nothing"} serves instead of ${tag}`] };
  const running = await imagesOf(`${peer.checkout.stack}-${serving.slot}`);
  const releases = join(peer.stateHome, "releases");
  const name = (await readdir(releases)).find((entry) => entry === serving.release);
  if (name === undefined) return { running, differences: [`release ${serving.release} has no bundle`] };
  const document = await readFile(join(releases, name, "bundle.json"), "utf8");
  const { bundle } = JSON.parse(document) as { readonly bundle: SlotBundle };
  return { running, differences: imageDifferences(bundle, running) };
}

/** Why what runs in a slot is not what a bundle names, all of it and nothing else; empty when it is. Pure. */
export function imageDifferences({ images, services }: SlotBundle, running: readonly RunningImage[]): string[] {
  const wanted = services
    .filter(({ active, role, strategy, replicas }) => active && strategy === "slots" && role !== "job" && replicas > 0)
    .map(({ name }) => name);
  const runs = new Set(running.map(({ service }) => service));
  return [
    ...wanted.filter((service) => !runs.has(service)).map((service) => `${service} does not run`),
    ...running.flatMap(({ service, image }) => {
      if (!wanted.includes(service)) return [`${service} runs, and belongs to no slot`];
      const stored = images[service] ?? "nothing";
      return image === stored ? [] : [`${service} runs ${image}, the bundle says ${stored}`];
    }),
  ];
}

/** Whether a text for people names the image of everything that runs, by its short id. Pure. */
export function saysImages(text: string, running: readonly RunningImage[]): boolean {
  return running.length > 0 && running.every(({ image }) => text.includes(image.replace(/^sha256:/, "").slice(0, 12)));
}
