import { isIPv4 } from "node:net";
import { type ContainerExec, isSluiceError, type PublishedPort, type ThrowAwayContainers } from "@sluice/core";
import type { EnginePort } from "../doors/door-ports.ts";

/** Local ports that clients take for themselves for a moment, as Linux has them: an open UDP socket says nothing there. */
const firstPassingPort = 32_768;
const lookBytes = 33_554_432;

export interface Look {
  readonly stack: string;
  /** Has `sleep` and `grep`. */
  readonly image: string;
}

interface LookTools {
  readonly exec: Pick<ContainerExec, "exec">;
  readonly throwAway: Pick<ThrowAwayContainers, "start">;
}

/**
 * Sockets on the engine's machine that have one of the ports. The deployer may be on another machine, or in a container: it
 * is looked at from a container that is gone afterwards. None where that cannot be made, as by an engine that remaps users, or
 * where the image is not there: whoever then has a port is met when it is taken.
 */
export async function socketsOrNone(
  tools: LookTools,
  look: Look,
  ports: readonly Pick<PublishedPort, "published">[],
  signal?: AbortSignal,
): Promise<readonly EnginePort[]> {
  try {
    return await readSockets(tools, look, ports, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSluiceError(error) || error.code === "ENGINE_UNREACHABLE") throw error;
    return [];
  }
}

async function readSockets(
  { exec, throwAway }: LookTools,
  { stack, image }: Look,
  ports: readonly Pick<PublishedPort, "published">[],
  signal?: AbortSignal,
): Promise<readonly EnginePort[]> {
  await using container = await throwAway.start(
    {
      stack,
      image,
      kind: "check",
      purpose: "ports",
      environment: {},
      entrypoint: ["sleep", "60"],
      command: [],
      memoryBytes: lookBytes,
      onHost: true,
    },
    signal,
  );
  const numbers = [...new Set(ports.map(({ published }) => hex(published)))].join("|");
  // A busy machine has hundreds of thousands of connections.
  const command = ["grep", "-sE", `:(${numbers}) [0-9A-F]+:0000 (0A|07) `, ...tables];
  const { stdout } = await exec.exec(container.id, command, { signal });
  return parseSockets(new TextDecoder().decode(stdout));
}

const tables = ["tcp", "tcp6", "udp", "udp6"].map((name) => `/proc/net/${name}`);
const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, "0");

/**
 * Reads lines of the kernel's tables, each after the path of its table. https://docs.kernel.org/networking/proc_net_tcp.html:
 * the address is IP:PORT in hexadecimal, state 0A is LISTEN; a UDP socket that is bound and not connected has 07.
 */
export function parseSockets(text: string): readonly EnginePort[] {
  const lines = text.matchAll(/^\/proc\/net\/(tcp|udp)6?: *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:0000 (0A|07) /gm);
  return [...lines].flatMap(([, Type = "", address = "", port = "", state]): EnginePort[] => {
    const PublicPort = Number.parseInt(port, 16);
    const isOpen = Type === "tcp" ? state === "0A" : state === "07" && PublicPort < firstPassingPort;
    return isOpen ? [{ PublicPort, Type, IP: addressOf(address) }] : [];
  });
}

/** Four bytes at a time, each four in reverse. Empty for all of IPv6, which mostly is all of IPv4 as well. */
function addressOf(text: string): string {
  const bytes = (text.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex").reverse()]);
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.every((byte) => byte === 0)) return "";
  const groups = Buffer.from(bytes).toString("hex").match(/.{4}/g) ?? [];
  const mapped = bytes.slice(12).join(".");
  if (groups.slice(0, 6).join("") === `${"0".repeat(20)}ffff` && isIPv4(mapped)) return mapped;
  return URL.parse(`http://[${groups.join(":")}]`)?.hostname.slice(1, -1) ?? "";
}
