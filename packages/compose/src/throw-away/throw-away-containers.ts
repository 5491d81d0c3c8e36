import { randomBytes } from "node:crypto";
import { labels, SluiceError, type ThrowAway, type ThrowAwayContainers, type ThrowAwayRequest } from "@sluice/core";
import type Docker from "dockerode";
import { inspectAll, listContainers, observedContainer } from "../engine/containers.ts";
import { type Engine, withSignal } from "../engine/engine.ts";
import { engineError, statusOf, unlessStatus } from "../engine/errors.ts";
import { logTail } from "../engine/log-tail.ts";

/** What such a container is labelled with, besides its stack. */
const scratchKind = "scratch";

/** Throw-away containers on an engine. */
export function createThrowAwayContainers(engine: Engine): ThrowAwayContainers {
  return {
    async start(request, signal) {
      const id = await create(engine, request, signal);
      const made = throwAway(engine, id);
      try {
        await (await engine.docker()).getContainer(id).start(withSignal(signal));
        return made;
      } catch (error) {
        await made[Symbol.asyncDispose]();
        throw signal?.aborted
          ? signal.reason
          : engineError(error, "a throw-away container cannot start", "START_FAILED");
      }
    },
    sweep: (stack) => sweepThrowAways(engine, stack),
  };
}

/** Removes all of a stack, with their volumes. */
export async function sweepThrowAways(engine: Engine, stack: string): Promise<void> {
  const left = await listContainers(engine, [`${labels.stack}=${stack}`, `${labels.kind}=${scratchKind}`]);
  await Promise.all(left.map(({ Id }) => removeWithVolumes(engine, Id)));
}

async function create(engine: Engine, request: ThrowAwayRequest, signal: AbortSignal | undefined): Promise<string> {
  const { stack, image, purpose, environment, entrypoint, command, volumesFrom, memoryBytes, joins } = request;
  const { kind = scratchKind, onHost = false } = request;
  try {
    const docker = await engine.docker();
    const container = await docker.createContainer({
      name: `${stack}-${kind}-${purpose}-${randomBytes(4).toString("hex")}`,
      Image: image,
      ...(entrypoint === undefined ? {} : { Entrypoint: [...entrypoint] }),
      ...(command === undefined ? {} : { Cmd: [...command] }),
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      Labels: { [labels.stack]: stack, [labels.kind]: kind },
      // The image's own check would only cost what the work needs.
      Healthcheck: { Test: ["NONE"] },
      HostConfig: {
        NetworkMode: joins === undefined ? (onHost ? "host" : "none") : `container:${joins}`,
        RestartPolicy: { Name: "no" },
        ...(volumesFrom === undefined ? {} : { VolumesFrom: [volumesFrom] }),
        Mounts: mountsOf(request),
        Memory: memoryBytes,
        // What is shared between processes counts as memory too.
        ShmSize: Math.floor(memoryBytes / 4),
        SecurityOpt: ["no-new-privileges"],
      },
      ...withSignal(signal),
    });
    return container.id;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (statusOf(error) !== 404) throw engineError(error, "a throw-away container cannot be made", "START_FAILED");
    throw new SluiceError("IMAGE_MISSING", `image ${image} is not on the engine any more`, {
      hint: "pull it, or use another image of the same version",
      cause: error,
    });
  }
}

function mountsOf({ volumeAt, reads }: ThrowAwayRequest): Docker.MountConfig {
  return [
    // Without a source it is the container's own.
    ...(volumeAt === undefined ? [] : [{ Type: "volume" as const, Target: volumeAt, Source: "" }]),
    ...(reads ? [{ Type: "bind" as const, Target: reads.target, Source: reads.source, ReadOnly: true }] : []),
  ];
}

function throwAway(engine: Engine, id: string): ThrowAway {
  return {
    id,
    async inspect(signal) {
      const [found] = await inspectAll(engine, [id], signal);
      return found ? observedContainer(found) : null;
    },
    logTail: (lines) => logTail(engine, id, lines),
    [Symbol.asyncDispose]: () => removeWithVolumes(engine, id),
  };
}

export async function removeWithVolumes(engine: Engine, id: string): Promise<void> {
  const options: Docker.ContainerRemoveOptions = { force: true, v: true };
  // 409: a removal of the same container is under way.
  await engine.call("a throw-away container cannot be removed", (docker) =>
    unlessStatus(docker.getContainer(id).remove(options), [404, 409], null),
  );
}
