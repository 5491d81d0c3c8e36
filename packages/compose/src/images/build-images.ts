import { hostname } from "node:os";
import { type CallOptions, isFullDisk, type ResolvedProject, SluiceError, stackNames } from "@sluice/core";
import type { Engine } from "../engine/engine.ts";
import { freeDisk } from "../engine/free-disk.ts";
import { withBuildSecrets } from "../model/build-secrets.ts";
import { buildModel, sharedBuilds, withContexts } from "./build-model.ts";
import { allBuilt, beginningFrom, buildRounds, readBeginnings } from "./build-rounds.ts";
import { passingTag } from "./passing-tags.ts";
import { sweepPassing } from "./remove-tags.ts";
import { runBuild } from "./run-build.ts";
import { type EngineDisk, whileRoom } from "./while-room.ts";

export interface ImagesBuilt {
  /** By service. */
  readonly ids: Readonly<Record<string, string>>;
  /** Never rejects. */
  readonly reported: Promise<void>;
  discard(): Promise<void>;
}

/**
 * Runs the builds of a project, what is independent at once, what is the same once, what others begin from before them, and resolves with the image id of each service as
 * soon as all images are there: `reported` tells when the log is complete. Each image carries a passing tag only; `discard` takes it away.
 *
 * What Compose does here on its own is niced. The build itself runs inside the engine, in containers of ordinary
 * weight: limit it there where builds and what serves share a machine (BuildKit's `cgroup-parent` or CPU quota).
 *
 * @throws SluiceError BUILD_FAILED with the end of the output, DISK_FULL also before what serves has no room
 */
export async function buildImages(
  engine: Engine,
  { stack, model }: ResolvedProject,
  services: readonly string[],
  { signal, onOutput }: CallOptions,
): Promise<ImagesBuilt> {
  const passing = passingTag(stack);
  const beginnings = await readBeginnings(model);
  const all = allBuilt(model, services, beginnings);
  const shared = sharedBuilds(model, all);
  const built = [...new Set(Object.values(shared))];
  const tags = Object.fromEntries(
    built.map((name) => [name, `${stackNames.imageRepository(stack, name)}:${passing}`] as const),
  );
  const tagOf = (name: string) => tags[shared[name] ?? ""] ?? "";
  const discard = async () => {
    const docker = await engine.docker();
    await Promise.all(
      Object.values(tags).map((tag) =>
        docker
          .getImage(tag)
          .remove()
          .catch(() => undefined),
      ),
    );
  };
  // A build goes on when its deployer is killed, and may tag its images after the next run has swept: now there is time.
  const swept = sweepPassing(engine, stack, { signal, except: passing }).catch(() => undefined);
  try {
    const begun = beginningFrom(model, beginnings, Object.fromEntries(all.map((name) => [name, tagOf(name)])));
    const reports: Promise<void>[] = [];
    const needsOf = (name: string) =>
      withContexts(model, [name]).flatMap((one) =>
        Object.values(beginnings[one] ?? {}).map((other) => shared[other] ?? other),
      );
    const disk = await diskOf(engine);
    for (const round of buildRounds(built, needsOf)) {
      const names = [...new Set(withContexts(model, round).map((name) => shared[name] ?? name))];
      const images = Object.fromEntries(names.map((name) => [name, tagOf(name)]));
      const run = { services: round, tags: Object.values(images), onOutput };
      const wanted = withBuildSecrets(buildModel(begun, images, shared), engine.env);
      const build = (until?: AbortSignal) => runBuild(engine, wanted, { ...run, signal: until });
      reports.push((await whileRoom(disk, build, signal)).reported);
    }
    await swept;
    const docker = await engine.docker();
    const ids = await Promise.all(
      services.map(async (name) => [name, (await docker.getImage(tagOf(name)).inspect()).Id] as const),
    );
    return { ids: Object.fromEntries(ids), reported: Promise.all(reports).then(() => undefined), discard };
  } catch (error) {
    await discard();
    throw diskFull(error) ?? error;
  }
}

async function diskOf(engine: Engine): Promise<EngineDisk> {
  const info: unknown = await engine.call("the engine cannot be asked", (docker) => docker.info());
  const { DockerRootDir: directory, Name: name } = info as { DockerRootDir?: string; Name?: string };
  // An engine in a virtual machine, or outside of the container that asks it, has a socket here and its disk elsewhere.
  const free = async () => (name === hostname() ? freeDisk(engine, directory) : null);
  return { clock: engine.clock, free, atFirst: await free() };
}

function diskFull(error: unknown): SluiceError | undefined {
  const { detail = "" } = error as { detail?: string };
  if (!isFullDisk(detail)) return undefined;
  return new SluiceError("DISK_FULL", "the build ran out of disk space", {
    detail,
    hint: "free space on the engine's disk: `docker builder prune`, `sluice prune`; not with `docker system prune`, which takes what a way back needs",
    cause: error,
  });
}
