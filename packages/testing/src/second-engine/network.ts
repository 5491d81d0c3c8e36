import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { promisify } from "node:util";

const ip = (...args: readonly string[]) => promisify(execFile)("ip", [...args]);

/** A network namespace, and where it is reached from this machine: by a pair of interfaces with nothing behind it. */
export interface Network extends AsyncDisposable {
  readonly address: string;
}

/** `name` is that of the namespace and of the interface on this side: at most 15 characters. */
export async function makeNetwork(name: string): Promise<Network> {
  // 198.18.0.0/15 is for measurements of networks (RFC 2544): nobody routes it.
  const [third, last] = [randomInt(256), 4 * randomInt(64)];
  const [here, there] = [`198.18.${third}.${last + 1}`, `198.18.${third}.${last + 2}`];
  await ip("netns", "add", name);
  const network = { address: there, [Symbol.asyncDispose]: () => removeNetwork(name) };
  try {
    // With the namespace its end of the pair goes, and with that ours.
    await ip("link", "add", name, "type", "veth", "peer", "name", "far", "netns", name);
    await ip("addr", "add", `${here}/30`, "dev", name);
    await ip("link", "set", name, "up");
    await ip("-n", name, "addr", "add", `${there}/30`, "dev", "far");
    await ip("-n", name, "link", "set", "far", "up");
    await ip("-n", name, "link", "set", "lo", "up");
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
  return network;
}

export async function removeNetwork(name: string): Promise<void> {
  await ip("netns", "del", name);
}

/** Names of the network namespaces of this machine. */
export async function networks(): Promise<readonly string[]> {
  const { stdout } = await ip("netns", "list");
  // A number of its own may follow the name.
  return stdout.split("\n").flatMap((line) => line.split(" ")[0] || []);
}
