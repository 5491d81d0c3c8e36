import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
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

/** Image ids by service of the running containers of a Compose project. */
export async function imagesOf(project: string): Promise<Record<string, string>> {
  const ids = lines(await run(["docker", "ps", "-q", "--filter", `label=com.docker.compose.project=${project}`]));
  if (ids.length === 0) return {};
  const format = '{{index .Config.Labels "com.docker.compose.service"}} {{.Image}}';
  const rows = lines(await run(["docker", "inspect", "--format", format, ...ids]));
  return Object.fromEntries(rows.map((row) => row.split(" ")));
}

interface Status {
  readonly serving: { readonly release: string; readonly tag: string; readonly slot: string } | null;
}

interface BundleDocument {
  readonly bundle: { readonly images: Readonly<Record<string, string>> };
}

/**
 * Why the live slot does not run exactly the images that the bundle of version `tag` names; empty when it does. Reads
 * the engine and the bundle's file itself, and asks Sluice only which slot is live.
 */
export async function imageDifferences(peer: SluicePeer, tag: string): Promise<string[]> {
  const options = { cwd: peer.checkout.directory };
  const { serving } = JSON.parse(await run(peer.command("status", "--json"), options)) as Status;
  if (serving?.tag !== tag) return [`${serving?.tag ?? "nothing"} serves instead of ${tag}`];
  const running = Object.entries(await imagesOf(`${peer.checkout.stack}-${serving.slot}`));
  if (running.length === 0) return [`nothing runs in slot ${serving.slot}`];
  const releases = join(peer.stateHome, "releases");
  const name = (await readdir(releases)).find((entry) => entry === serving.release);
  if (name === undefined) return [`release ${serving.release} has no bundle`];
  const { bundle } = JSON.parse(await readFile(join(releases, name, "bundle.json"), "utf8")) as BundleDocument;
  return running
    .filter(([service, image]) => bundle.images[service] !== image)
    .map(([service, image]) => `${service} runs ${image}, the bundle says ${bundle.images[service] ?? "nothing"}`);
}
