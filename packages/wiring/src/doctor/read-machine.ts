import { execFile } from "node:child_process";
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { ObservedStack, ServiceFacts } from "@sluice/core";
import type { TakenPort } from "./machine-diagnoses.ts";

/** TCP ports that something on this machine listens on. Empty where the kernel does not tell. */
export async function readListeningPorts(): Promise<ReadonlySet<number>> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  return new Set(tables.flatMap(listeningPorts));
}

/** https://docs.kernel.org/networking/proc_net_tcp.html: state 0A is LISTEN, the address is IP:PORT in hexadecimal. */
export function listeningPorts(table: string): readonly number[] {
  return [...table.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm)].map(([, port = ""]) =>
    Number.parseInt(port, 16),
  );
}

/**
 * Ports of a project that others have. Where a container of the stack runs, the engine has given it its ports: only a
 * service of which none runs can find its port taken.
 *
 * @param listening without those that a container of the stack has: what serves may give a port to a service of another name
 */
export function takenPorts(
  services: readonly Pick<ServiceFacts, "name" | "active" | "ports">[],
  observed: Pick<ObservedStack, "slots" | "base" | "doors" | "plain">,
  listening: ReadonlySet<number>,
): readonly TakenPort[] {
  const running = [
    ...Object.values(observed.slots).flatMap(({ containers }) => containers),
    ...Object.values(observed.base).flatMap(({ containers }) => containers),
    ...observed.plain,
  ].filter(({ state }) => state === "running");
  const isUp = (service: string) =>
    running.some((container) => container.service === service) ||
    !["absent", "stopped"].includes(observed.doors[service]?.state ?? "absent");
  return services
    .filter(({ active, name }) => active && !isUp(name))
    .flatMap(({ name, ports }) =>
      ports
        .filter(({ protocol, published }) => protocol === "tcp" && listening.has(published))
        .map(({ published }) => ({ service: name, port: published })),
    );
}

/** Asks systemd; `null` where there is none. */
export async function readClockSynchronised(signal: AbortSignal): Promise<boolean | null> {
  const asked = promisify(execFile)("timedatectl", ["show", "--property=NTPSynchronized", "--value"], { signal });
  const answer = await asked.then(({ stdout }) => stdout.trim()).catch(() => "");
  return answer === "yes" || answer === "no" ? answer === "yes" : null;
}

/** The domain, where it has no address. A name without a dot is a machine's own business. */
export async function readUnresolvedDomain(domain: string | undefined): Promise<string | null> {
  if (!domain?.includes(".") || domain.endsWith(".localhost")) return null;
  return lookup(domain).then(
    () => null,
    () => domain,
  );
}
