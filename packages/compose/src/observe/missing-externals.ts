import type { Finding, ObstaclesRequest } from "@sluice/core";
import type Docker from "dockerode";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { isExternal, networkKeys, networkName } from "../model/networks.ts";

interface External {
  readonly kind: "network" | "volume";
  readonly service: string;
  readonly name: string;
}

/** Networks and volumes that somebody else makes, and has not made, as errors. Each once, for the first service that uses it. */
export async function missingExternals(
  engine: Engine,
  request: Pick<ObstaclesRequest, "model" | "services">,
): Promise<readonly Finding[]> {
  const externals = externalsOf(request);
  if (externals.length === 0) return [];
  const docker = await engine.docker();
  const found = await engine.call("networks and volumes cannot be looked at", () =>
    Promise.all(externals.map((one) => isThere(docker, one))),
  );
  const missing = externals.filter((_one, index) => !found[index]);
  // A node of a swarm learns of the swarm's networks only when it needs them.
  const isInSwarm = missing.some(({ kind }) => kind === "network") && (await inSwarm(engine));
  return missing.filter(({ kind }) => kind === "volume" || !isInSwarm).map(missingFinding);
}

export function externalsOf({ model, services }: Pick<ObstaclesRequest, "model" | "services">): readonly External[] {
  const used = services
    .filter(({ active, role }) => active && role !== "tool")
    .flatMap(({ name: service }): External[] => {
      const written = model.services[service];
      const networks = networkKeys(written).filter((key) => isExternal(model, key));
      const volumes = (written?.volumes ?? []).flatMap(({ type, source }) => {
        const volume = type === "volume" && source ? model.volumes?.[source] : undefined;
        return volume?.external ? [volume.name ?? source ?? ""] : [];
      });
      return [
        ...networks.map((key) => ({ kind: "network", service, name: networkName(model, key) }) as const),
        ...volumes.map((name) => ({ kind: "volume", service, name }) as const),
      ];
    });
  return [...new Map(used.toReversed().map((one) => [`${one.kind} ${one.name}`, one])).values()].toReversed();
}

async function isThere(docker: Docker, { kind, name }: External): Promise<boolean> {
  const asked: Promise<unknown> =
    kind === "network" ? docker.getNetwork(name).inspect() : docker.getVolume(name).inspect();
  return (await unlessStatus(asked, [404], null)) !== null;
}

async function inSwarm(engine: Engine): Promise<boolean> {
  const info = await engine.call("the engine cannot be asked", (docker) => docker.info());
  return (info as { Swarm?: { LocalNodeState?: string } }).Swarm?.LocalNodeState === "active";
}

function missingFinding({ kind, service, name }: External): Finding {
  return {
    severity: "error",
    code: `${kind}-not-there`,
    service,
    message: `${kind} ${name} of ${service} is external, and not on the engine`,
    hint: `docker ${kind} create ${name}, or whatever else makes it`,
  };
}
