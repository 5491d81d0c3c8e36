import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { labels, stackNames } from "@sluice/core";
import { type CrashStage, statusOf } from "./crash-stage.ts";
import { docker, lines } from "./docker.ts";

/** Names of the networks that belong to a stack. */
export async function networksOf(stage: Pick<CrashStage, "stack" | "env">): Promise<readonly string[]> {
  const { stack } = stage;
  const names = lines(await docker(stage, "network", "ls", "--format", "{{.Name}}"));
  return names.filter((name) => name.startsWith(`${stack}_`) || name.startsWith(`${stack}-`)).toSorted();
}

/**
 * What there is of a stack that no good deployment leaves, in words; empty when there is nothing. It looks at the engine
 * and the disk itself.
 */
export async function leftBehind(stage: CrashStage): Promise<string[]> {
  const status = await statusOf(stage);
  const slotsInUse = status.slots.filter(({ tag }) => tag !== null).map(({ slot }) => slot);
  const found: string[] = [];
  if (status.unfinished) found.push(`deployment of ${status.unfinished.tag} is not ended`);
  if (status.lock) found.push("the lock is held");
  for (const { severity, code, message } of status.findings) {
    if (severity !== "info" && code !== "no-health-check") found.push(`status says ${code}: ${message}`);
  }
  found.push(...(await strayContainers(stage, slotsInUse)));
  for (const network of await networksOf(stage)) {
    if (!stage.networks.includes(network)) found.push(`network ${network}`);
  }
  found.push(...(await strayImages(stage)), ...(await strayFiles(stage)));
  return found;
}

async function strayContainers(stage: CrashStage, slotsInUse: readonly string[]): Promise<string[]> {
  const { stack } = stage;
  const format = `{{.Names}}|{{.State}}|{{.Label "${labels.kind}"}}|{{.Label "${labels.slot}"}}`;
  const rows = lines(await docker(stage, "ps", "-a", "--filter", `name=^${stack}[-_]`, "--format", format));
  return rows
    .map((row) => row.split("|"))
    .filter(([, state, kind, slot = ""]) => {
      const isKnown = kind === "" || kind === "door" || (kind === "slot" && slotsInUse.includes(slot));
      return !isKnown || state === "created" || state === "restarting";
    })
    .map(([name, state]) => `container ${name} (${state})`);
}

/** Images of releases that are not stored. */
async function strayImages(stage: CrashStage): Promise<string[]> {
  const { stack, stateHome } = stage;
  const reference = `reference=${stackNames.imageRepository(stack, "*")}`;
  const tagged = lines(
    await docker(stage, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", reference),
  );
  const releases = (await readdir(join(stateHome, "releases"))).filter((name) => !name.startsWith("."));
  const bundles = await Promise.all(
    releases.map((name) => readFile(join(stateHome, "releases", name, "bundle.json"), "utf8")),
  );
  return tagged.filter((tag) => !bundles.some((text) => text.includes(`"${tag}"`))).map((tag) => `image ${tag}`);
}

async function strayFiles({ scratch, stateHome }: CrashStage): Promise<string[]> {
  // Node keeps compiled code there, for its next start.
  const temporary = (await readdir(scratch)).filter((name) => name !== "node-compile-cache");
  const kept = (await readdir(stateHome, { recursive: true })).filter((name) => /(?:^|\/)\.tmp-/.test(name));
  return [...temporary.map((name) => `temporary file ${name}`), ...kept.map((name) => `${name} in the state home`)];
}
