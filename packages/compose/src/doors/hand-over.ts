import { type DoorOptions, isSluiceError, SluiceError } from "@sluice/core";
import { engineError } from "../engine/errors.ts";
import { removeContainers } from "../engine/stop.ts";
import { type DoorFacts, doorFacts, isFoundByProxies } from "../model/door-facts.ts";
import { createDoor, linkEndpoints, publicEndpoints } from "./create-door.ts";
import { type Candidate, type DoorTools, ways } from "./ways.ts";

interface HandOver extends Pick<Candidate, "request" | "old"> {
  /** Of the new container. */
  readonly name: string;
}

/**
 * Makes a new door and gives it what the old one has, in the way that costs least:
 * - without published ports both run for a moment: whoever asks by name gets one or the other;
 * - with ports the two change places on the ordinary networks: Docker moves port mappings with them in a fraction of the
 *   time that a start takes, and a stand-in answers by the names meanwhile;
 * - with ports and labels of a proxy: stop, then start.
 * In the first two the new one starts on its links only, where nobody is refused anything, and proves that it works.
 * The old door takes everything back when the new one fails. Resolves with the id of the new door.
 */
export async function handOver(tools: DoorTools, what: HandOver, options: DoorOptions): Promise<string> {
  const { request, name, old } = what;
  const facts = doorFacts(request.model, request.spec.service);
  const links = await linkEndpoints(tools.engine, request);
  const ordinary = publicEndpoints(facts);
  // A proxy that finds containers by itself would send users to a door on networks it cannot reach.
  const startsDark = links.length > 0 && !isFoundByProxies(facts);
  const way = wayOf(facts, startsDark);
  const endpoints = startsDark ? links : [...ordinary, ...links];
  const id = await createDoor(tools.engine, tools.exec, request, { name, kind: "door", endpoints });
  try {
    await ways[way](tools, { request, old, facts, id }, options);
    return id;
  } catch (error) {
    await removeContainers(tools.engine, [id]);
    options.signal?.throwIfAborted();
    throw doorFailed(error, name);
  }
}

function wayOf({ ports, networks }: DoorFacts, startsDark: boolean): keyof typeof ways {
  if (ports.length === 0 && networks.every(({ ipv4Address }) => ipv4Address === undefined)) return "overlap";
  return startsDark ? "swap" : "restart";
}

function doorFailed(error: unknown, name: string): Error {
  const failure = engineError(error, `door ${name} cannot take over`, "DOOR_FAILED");
  if (!isSluiceError(failure) || failure.code === "DOOR_FAILED" || failure.code === "ENGINE_UNREACHABLE")
    return failure;
  const { message, hint, detail } = failure;
  return new SluiceError("DOOR_FAILED", `door ${name} cannot take over: ${message}`, { hint, detail, cause: failure });
}
