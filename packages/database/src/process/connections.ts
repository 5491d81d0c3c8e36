import type { ContainerExec } from "@sluice/core";

/** A TCP connection, as the machine knows it that somebody has connected to. */
export interface Connection {
  readonly localPort: number;
  /** Of the other side. */
  readonly address: string;
  readonly port: number;
  /** `false` where the other side has closed it, or has died, and this one has not looked since. */
  readonly isOpen: boolean;
}

const tables = ["/proc/net/tcp", "/proc/net/tcp6"];

/** Connections of a container's network; `null` where they cannot be read. */
export async function readConnections(
  exec: ContainerExec,
  container: string,
  signal?: AbortSignal,
): Promise<readonly Connection[] | null> {
  try {
    // A kernel without IPv6 has no second table: its absence makes no difference to what is written.
    const { stdout } = await exec.exec(container, ["cat", ...tables], { signal });
    const text = Buffer.from(stdout).toString("utf8");
    return text.includes("local_address") ? parseConnections(text) : null;
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}

/** As the kernel writes them. */
const states = new Map([
  ["01", true],
  ["08", false],
]);

/** What Linux has in `/proc/net/tcp` and `/proc/net/tcp6`; other connections than open ones and those that wait to be closed are left out. */
export function parseConnections(text: string): readonly Connection[] {
  return text.split("\n").flatMap((line) => {
    const [, local = "", remote = "", state = ""] = line.trim().split(/\s+/);
    const isOpen = states.get(state);
    const [, localPort] = local.split(":");
    const [digits = "", port] = remote.split(":");
    if (isOpen === undefined || localPort === undefined || port === undefined) return [];
    const at = { localPort: Number.parseInt(localPort, 16), port: Number.parseInt(port, 16) };
    return [{ ...at, address: addressOf(digits), isOpen }];
  });
}

const mappedPrefix = "00000000000000000000ffff";

/** The digits of each four bytes are in the order of the machine, which has the last byte first. */
function addressOf(digits: string): string {
  const words = digits.toLowerCase().match(/.{8}/g) ?? [];
  const bytes = words.map((word) => (word.match(/../g) ?? []).toReversed().join("")).join("");
  if (bytes.length === 8) return dotted(bytes);
  if (bytes.startsWith(mappedPrefix)) return dotted(bytes.slice(mappedPrefix.length));
  const groups = bytes.match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

function dotted(bytes: string): string {
  return (bytes.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join(".");
}
