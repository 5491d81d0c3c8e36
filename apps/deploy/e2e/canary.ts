import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Secrets that are planted, each where it is planted. Long and odd enough to be nothing else. */
export const canaries = {
  environment: "cnry-environment-q7Zk31",
  compose: "cnry-compose-w8Xj42",
  url: "cnry-url-e9Vh53",
  header: "cnry-header-r1Ug64",
  argument: "cnry-argument-t2Tf75",
  chat: "cnry-chat-y3Se86",
  file: "cnry-file-u4Rd97",
  token: "cnry-token-i5Qc08",
  filledIn: "cnry-filledIn-o6Pb19",
  command: "cnry-command-p7Na20",
  config: "cnry-config-a8Mz31",
  behind: "cnry-behind-s9Ly42",
  lineOfKey: "cnry-lineOfKey-d1Kx53",
  afterAt: "cnry-afterAt-f2Jw64",
  authorization: "cnry-authorization-g3Hv75",
} as const;

/** Where canaries are in a text: names of them, and some text before each, without the value. */
export function canariesIn(text: string): readonly string[] {
  return Object.entries(canaries).flatMap(([name, value]) => {
    const forms = [value, Buffer.from(value).toString("base64").slice(0, -4), encodeURIComponent(value)];
    const at = Math.max(...forms.map((form) => text.indexOf(form)));
    return at < 0 ? [] : [`${name} after ${JSON.stringify(text.slice(Math.max(0, at - 80), at))}`];
  });
}

/** Every file below a directory with the canaries in it. @param isExpected files that hold secrets by design */
export async function canariesBelow(
  directory: string,
  isExpected: (path: string) => boolean,
): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files
      .filter((path) => !isExpected(path))
      .map(async (path) => canariesIn(await readFile(path, "latin1")).map((canary) => `${path}: ${canary}`)),
  );
  return found.flat();
}

export interface CommandLineWatch {
  /** Ends it; the command lines that held a canary. */
  stop(): Promise<readonly string[]>;
  /** Command lines that were read. */
  readonly seen: ReadonlySet<string>;
}

/** Reads the command lines of all processes of this machine, again and again. */
export function watchCommandLines(): CommandLineWatch {
  const seen = new Set<string>();
  const stopping = new AbortController();
  const look = async () => {
    while (!stopping.signal.aborted) {
      const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
      for (const pid of pids) {
        // Processes end while they are looked at.
        const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
        if (line !== "") seen.add(line.replaceAll("\0", " "));
      }
      await sleep(15);
    }
  };
  const looking = look();
  return {
    seen,
    async stop() {
      stopping.abort();
      await looking;
      return [...seen].filter((line) => canariesIn(line).length > 0);
    },
  };
}
