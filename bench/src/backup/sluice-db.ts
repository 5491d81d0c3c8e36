import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { repository } from "../checkout.ts";
import type { Session } from "../session.ts";
import { type Cost, costOf } from "./by-hand.ts";
import type { Server } from "./server.ts";

export interface OwnCost extends Cost {
  /** The most memory that the process ever had. */
  readonly maxRssBytes: number;
}

export const stateHomeOf = ({ directory }: Session): string => join(directory, "home");

/** `sluice db backup`, `sluice db verify`: as built, with everything from the start of the process to its end. */
export async function sluiceDb(
  session: Session,
  server: Server,
  verb: "backup" | "verify",
  configFile?: string,
): Promise<OwnCost> {
  const memoryFile = join(session.directory, "memory");
  const preload = join(import.meta.dirname, "report-memory.mjs");
  const config = configFile === undefined ? [] : ["--config", configFile];
  const options = ["-p", server.stack, "--state-home", stateHomeOf(session), "--json", ...config];
  const { stdout: _, ...cost } = await costOf(server, [join(repository, "bin/sluice"), "db", verb, ...options], {
    cwd: server.directory,
    env: { BENCH_MEMORY_FILE: memoryFile, NODE_OPTIONS: `--import=${preload}` },
    signal: session.signal,
  });
  return { ...cost, maxRssBytes: Number(await readFile(memoryFile, "utf8")) };
}

/** A configuration of the project in which backups are encrypted. Its path. */
export async function encryptedConfig(server: Server): Promise<string> {
  const identity = await generateX25519Identity();
  const identityFile = join(server.directory, "identity");
  await writeFile(identityFile, `${identity}\n`, { mode: 0o600 });
  const encryption = { recipient: await identityToRecipient(identity), identityFile };
  const path = join(server.directory, "encrypted.yaml");
  await writeFile(path, JSON.stringify({ database: { encryption } }));
  return path;
}
