import { readFile } from "node:fs/promises";
import { measure } from "../measure.ts";

/** What there is of a published port that refused connections: one may be refused by nobody, with its container alive. */
export interface Refusal {
  /** Whether a process of this machine listens there. */
  readonly listens: boolean;
  /** Containers of the stack: name, state and since when, published ports. */
  readonly containers: readonly string[];
}

const format = "{{.Names}}: {{.Status}}, {{.Ports}}";

export async function describeRefusal(stack: string, port: number): Promise<Refusal> {
  const table = await readFile("/proc/net/tcp", "utf8").catch(() => "");
  const { stdout } = await measure(["docker", "ps", "-a", "--filter", `name=${stack}`, "--format", format]);
  return { listens: listensAt(table, port), containers: stdout.split("\n").filter((line) => line !== "") };
}

/** Whether a table as in `/proc/net/tcp` (see proc_net_tcp of the kernel's documentation) has a listener at a port. */
export function listensAt(table: string, port: number): boolean {
  const listening = "0A";
  return table.split("\n").some((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    return state === listening && Number.parseInt(local.split(":")[1] ?? "", 16) === port;
  });
}
