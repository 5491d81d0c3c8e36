import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../measure.ts";
import type { SluicePeer } from "../peers/sluice.ts";

const lines = (output: string): string[] => output.split("\n").filter((line) => line !== "");

export interface Status {
  readonly serving: { readonly tag: string; readonly slot: string; readonly release: string } | null;
  readonly slots: readonly { readonly slot: string; readonly live: boolean; readonly tag: string | null }[];
  readonly findings: readonly { readonly severity: string; readonly code: string; readonly message: string }[];
  readonly unfinished: { readonly tag: string } | null;
  readonly lock: object | null;
}

export async function statusOf(peer: SluicePeer): Promise<Status> {
  return JSON.parse(await run(peer.command("status", "--json"), { cwd: peer.checkout.directory })) as Status;
}

/** Names of the networks that belong to the stack. */
export async function networksOf(stack: string): Promise<readonly string[]> {
  const names = lines(await run(["docker", "network", "ls", "--format", "{{.Name}}"]));
  return names.filter((name) => name.startsWith(`${stack}_`) || name.startsWith(`${stack}-`)).toSorted();
}

/**
 * What there is of the stack that no good deployment leaves, in words; empty when there is nothing. It looks at the
 * engine and the disk itself.
 *
 * @param networks those that good deployments have left
 * @param scratch the directory for temporary files that all commands were given
 */
export async function leftBehind(peer: SluicePeer, networks: readonly string[], scratch: string): Promise<string[]> {
  const { stack } = peer.checkout;
  const status = await statusOf(peer);
  const slotsInUse = status.slots.filter(({ tag }) => tag !== null).map(({ slot }) => slot);
  const found: string[] = [];
  if (status.unfinished) found.push(`deployment of ${status.unfinished.tag} is not ended`);
  if (status.lock) found.push("the lock is held");
  for (const { severity, code, message } of status.findings) {
    if (severity !== "info" && code !== "no-health-check") found.push(`status says ${code}: ${message}`);
  }
  const format = '{{.Names}}|{{.State}}|{{.Label "dev.sluice.kind"}}|{{.Label "dev.sluice.slot"}}';
  const containers = lines(await run(["docker", "ps", "-a", "--filter", `name=^${stack}[-_]`, "--format", format]));
  for (const [name, state, kind, slot = ""] of containers.map((line) => line.split("|"))) {
    const isKnown = kind === "" || kind === "door" || (kind === "slot" && slotsInUse.includes(slot));
    if (!isKnown || state === "created" || state === "restarting") found.push(`container ${name} (${state})`);
  }
  for (const network of await networksOf(stack)) if (!networks.includes(network)) found.push(`network ${network}`);
  found.push(...(await strayImages(peer)));
  // Node keeps compiled code there, for its next start.
  const temporary = (await readdir(scratch)).filter((name) => name !== "node-compile-cache");
  found.push(...temporary.map((name) => `temporary file ${name}`));
  const files = await readdir(peer.stateHome, { recursive: true });
  found.push(...files.filter((name) => /(?:^|\/)\.tmp-/.test(name)).map((name) => `${name} in the state home`));
  return found;
}

/** Images of releases that are not stored. */
async function strayImages({ checkout, stateHome }: SluicePeer): Promise<string[]> {
  const format = ["--format", "{{.Repository}}:{{.Tag}}", "--filter", `reference=sluice/${checkout.stack}-*`];
  const tagged = lines(await run(["docker", "image", "ls", ...format]));
  const releases = await readdir(join(stateHome, "releases"));
  const bundles = await Promise.all(
    releases
      .filter((name) => !name.startsWith("."))
      .map((name) => readFile(join(stateHome, "releases", name, "bundle.json"), "utf8")),
  );
  return tagged.filter((tag) => !bundles.some((text) => text.includes(`"${tag}"`))).map((tag) => `image ${tag}`);
}
