import { randomBytes } from "node:crypto";
import { labels, type Slot, SluiceError, stackNames } from "@sluice/core";
import type Docker from "dockerode";
import { type Engine, withSignal } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";
import { logTail } from "../engine/log-tail.ts";
import { findImages } from "../images/find-images.ts";
import { connect } from "../networks/connect.ts";
import { exitCodeOf } from "./exit-code.ts";

export interface OneOffRequest {
  readonly stack: string;
  readonly slot: Slot;
  readonly image: string;
  /** As after `docker run IMAGE`: an entrypoint of the image stays. */
  readonly command: readonly string[];
  /** Id of a container whose network it shares: it sees and reaches what that one does. Default: it is on the slot's networks. */
  readonly inside?: string | undefined;
}

export interface OneOffResult {
  readonly exitCode: number;
  /** The last 50 lines of both streams; redacted. */
  readonly output: string;
}

/**
 * Runs a command once in a container of its own that sees what the services of a slot see: it is on the slot's networks
 * and on its links, under no name. The container is gone when this ends, also by the signal.
 *
 * @throws SluiceError ENGINE_FAILED when the slot has no networks, or the container cannot be made; the signal's reason
 */
export async function runOneOff(engine: Engine, request: OneOffRequest, signal?: AbortSignal): Promise<OneOffResult> {
  const { stack, slot, image, inside } = request;
  const networks = inside === undefined ? await networksOf(engine, stack, slot) : [`container:${inside}`];
  if (networks.length === 0) {
    throw new SluiceError("ENGINE_FAILED", `slot ${slot} of ${stack} has no network: nothing can be run in it`);
  }
  try {
    signal?.throwIfAborted();
    const container = await create(await engine.docker(), request, networks[0]);
    try {
      const later = networks.slice(1).map((network) => ({ network, aliases: [] }));
      if (later.length > 0) await connect(engine, await container.inspect(), later);
      await container.start(withSignal(signal));
      const exitCode = await exitCodeOf(engine, container, { signal });
      return { exitCode, output: engine.redact(await logTail(engine, container.id, 50)) };
    } finally {
      // With the volumes that the image declares: nobody else has them.
      await container.remove({ force: true, v: true }).catch(() => undefined);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw engineError(error, `a container of ${image} cannot be run in slot ${slot}`);
  }
}

/** On its first network only: engines before API 1.44 take no more. */
function create(
  docker: Docker,
  { stack, slot, image, command }: OneOffRequest,
  network: string | undefined,
): Promise<Docker.Container> {
  return docker.createContainer({
    name: `${stackNames.slotProject(stack, slot)}-check-${randomBytes(4).toString("hex")}`,
    Image: image,
    Cmd: [...command],
    Labels: { [labels.stack]: stack, [labels.slot]: slot, [labels.kind]: "check" },
    HostConfig: { NetworkMode: network },
  });
}

/** An image that is not on the engine is pulled, with the user's credentials. @throws SluiceError IMAGE_MISSING */
export async function provideImage(engine: Engine, stack: string, image: string, signal?: AbortSignal): Promise<void> {
  await findImages(engine, { name: stack, services: { check: { image } } }, ["check"], { signal });
}

async function networksOf(engine: Engine, stack: string, slot: Slot): Promise<readonly string[]> {
  const filters = { label: [`${labels.stack}=${stack}`, `${labels.slot}=${slot}`] };
  const found = await engine.call("networks cannot be listed", (docker) => docker.listNetworks({ filters }));
  // Ordinary ones first: what is to reach the internet must not get an internal network as its way out.
  const ordinaryFirst = found.toSorted((a, b) => Number(a.Internal) - Number(b.Internal) || (a.Name < b.Name ? -1 : 1));
  return ordinaryFirst.map(({ Name }) => Name);
}
