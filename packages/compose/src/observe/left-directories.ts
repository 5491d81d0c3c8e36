import {
  type ContainerExec,
  type Finding,
  isInSlot,
  isSluiceError,
  type ObstaclesRequest,
  type ThrowAwayContainers,
} from "@sluice/core";
import { sharedWith } from "../bundle-files/shared-paths.ts";
import { composeLabels, listBase, listSlot } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { statusOf } from "../engine/errors.ts";
import { pathInCheckout } from "../model/checkout.ts";
import { escapeDollars } from "../model/dollars.ts";
import { type ContainerMount, type OtherDirectory, otherDirectories } from "./other-directories.ts";

/** What is at a path of the engine's machine; `unknown` where nobody can say. */
export type Content = "absent" | "empty" | "something" | "unknown";

/** A directory that a service is to leave, and what is in it and in the one that takes its place. */
export interface LeftDirectory extends OtherDirectory {
  readonly service: string;
  readonly left: Content;
  readonly taken: Content;
}

/** A container as far as it tells what a service writes to. */
export interface WritingContainer {
  readonly service: string;
  readonly mounts: readonly ContainerMount[];
}

/** What the machine of the engine is looked at with. */
export interface LookTools {
  readonly exec: Pick<ContainerExec, "exec">;
  readonly throwAway: Pick<ThrowAwayContainers, "start">;
}

const lookBytes = 33_554_432;
const lookedAt = "/look";
/** Files with which git is made to have a directory that has nothing in it. */
const placeholders: readonly string[] = [".gitkeep", ".gitignore", ".keep"];

/**
 * Data that the plan would leave behind, as errors: a path such as `./data` is another directory from another checkout, and the
 * engine makes an empty one of what is not there.
 */
export async function leftDirectories(
  engine: Engine,
  tools: LookTools,
  request: ObstaclesRequest,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const { stack, model, services } = request;
  if (!services.some(({ name }) => model.services[name]?.volumes?.some(({ type }) => type === "bind"))) return [];
  const found = await Promise.all([
    listBase(engine, stack, signal),
    listSlot(engine, stack, "blue", signal),
    listSlot(engine, stack, "green", signal),
  ]);
  const containers = found.flat().map(({ Labels, Mounts: mounts }) => ({
    service: Labels[composeLabels.service] ?? "",
    mounts,
  }));
  const changes = changedDirectories(request, containers);
  // Services share directories, and each look takes a container.
  const paths = [...new Set(changes.flatMap(({ runs, wanted }) => [runs, wanted]))];
  const looked = paths.map(async (path) => [path, await lookInto(tools, request, path, signal)] as const);
  const contents = new Map(await Promise.all(looked));
  const looks = changes.map((change) => ({
    ...change,
    left: contents.get(change.runs) ?? "unknown",
    taken: contents.get(change.wanted) ?? "unknown",
  }));
  return looks.filter(isLeft).map(leftFinding);
}

/**
 * One for each path of a service that none of its containers has in the directory that is wanted: of what it writes to, and of what a
 * slot has of the checkout that another one writes to. Pure.
 */
export function changedDirectories(
  { model, services }: Pick<ObstaclesRequest, "model" | "services">,
  containers: readonly WritingContainer[],
): readonly (OtherDirectory & { readonly service: string })[] {
  const isOfOtherCheckout = ({ runs, wanted }: OtherDirectory) => {
    const path = pathInCheckout(model, escapeDollars(wanted));
    return path !== undefined && runs.endsWith(`/${path}`) && sharedWith({ model, services }, wanted) !== undefined;
  };
  return services.flatMap((facts) => {
    const { name: service } = facts;
    const mounts = containers.filter((one) => one.service === service).flatMap((one) => one.mounts);
    const others = otherDirectories(
      mounts,
      model.services[service]?.volumes,
      isInSlot(facts) ? isOfOtherCheckout : undefined,
    );
    const isTaken = ({ target, wanted }: OtherDirectory) =>
      mounts.some(({ Destination, Source }) => Destination === target && Source === wanted);
    const byPath = new Map(others.filter((one) => !isTaken(one)).map((one) => [`${one.target}\0${one.runs}`, one]));
    return [...byPath.values()].map((one) => ({ ...one, service }));
  });
}

/** By the names of what is in it, one a line. Pure. */
export function contentOf(names: string): Content {
  return names.split("\n").every((name) => name === "" || placeholders.includes(name)) ? "empty" : "something";
}

/** What nobody can look into may hold everything. Pure. */
export function isLeft({ left, taken }: Pick<LeftDirectory, "left" | "taken">): boolean {
  return (left === "something" || left === "unknown") && taken !== "something";
}

const contentTexts: Readonly<Record<Content, string>> = {
  absent: "is not there",
  empty: "is empty",
  something: "holds something",
  unknown: "cannot be looked into",
};

export function leftFinding({ service, target, runs, wanted, taken }: LeftDirectory): Finding {
  return {
    severity: "error",
    code: "data-left",
    service,
    message: `${service} would leave what is in ${runs}: its ${target} is to be ${wanted}, which ${contentTexts[taken]}`,
    hint: `write ${runs}:${target} in the compose file, a path that is the same from every checkout; or stop ${service} and move what is in ${runs} to ${wanted}, if no workflow cleans that checkout, or away, to begin with nothing`,
  };
}

/**
 * What is at a path of the engine's machine, a file being something. The deployer may be on another machine, in a container, or one who
 * may not read it: it is looked at from a container that is gone afterwards.
 */
export async function lookInto(
  { exec, throwAway }: LookTools,
  { stack, image }: Pick<ObstaclesRequest, "stack" | "image">,
  path: string,
  signal?: AbortSignal,
): Promise<Content> {
  try {
    await using container = await throwAway.start(
      {
        stack,
        image,
        kind: "check",
        purpose: "directory",
        environment: {},
        entrypoint: ["sleep", "60"],
        command: [],
        memoryBytes: lookBytes,
        reads: { source: path, target: lookedAt },
      },
      signal,
    );
    // The user of an image, as HAProxy's own, may not look into what only a database may.
    const { exitCode, stdout } = await exec.exec(container.id, ["ls", "-A", lookedAt], { user: "0", signal });
    if (exitCode !== 0) return "unknown";
    return contentOf(new TextDecoder().decode(stdout));
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSluiceError(error) || error.code === "ENGINE_UNREACHABLE") throw error;
    // The engine makes no directory for a mount of this kind.
    return statusOf(error) === 400 && /source path does not exist/.test(error.message) ? "absent" : "unknown";
  }
}
