import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** Looks at the arguments of every process of this machine until it is stopped; resolves with those that hold the text. */
export function watchArguments(text: string): () => Promise<readonly string[]> {
  const found = new Set<string>();
  let going = true;
  const watching = (async () => {
    while (going) {
      for (const name of await readdir("/proc")) {
        if (!/^\d+$/.test(name)) continue;
        const line = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
        if (line.includes(text)) found.add(line.replaceAll("\0", " "));
      }
      await delay(50);
    }
  })();
  return async () => {
    going = false;
    await watching;
    return [...found];
  };
}
