import type { ComposeModel, Finding, ObstaclesRequest } from "@sluice/core";
import { presenceOf } from "../bundle-files/copied-files.ts";
import { sharedWith } from "../bundle-files/shared-paths.ts";
import type { Engine } from "../engine/engine.ts";
import { unescapeDollars } from "../model/dollars.ts";
import { isInBase } from "../model/placement.ts";
import { missingFileHint } from "../resolve/missing-file-hint.ts";
import { type LookTools, lookInto } from "./left-directories.ts";

interface BaseFile {
  readonly service: string;
  /** As people call it: `secret KEY`. */
  readonly what: string;
  /** Absolute, unescaped. */
  readonly source: string;
}

type Request = Pick<ObstaclesRequest, "stack" | "model" | "services" | "image">;

/**
 * Secrets and configs of services in base whose file is not there, as errors: the engine makes no container without it, which would
 * be found out after builds and backups. Each once, for the first service that uses it. What another service may write to may be there
 * by then, and what nobody can look at is taken to be there.
 */
export async function missingBaseFiles(
  engine: Pick<Engine, "endpoint">,
  tools: LookTools,
  request: Request,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const files = filesOf(request);
  if (files.length === 0) return [];
  const isHere = (await engine.endpoint()).kind === "unix";
  const isMissing = await Promise.all(
    files.map(async (file) => {
      if (isHere && presenceOf(file) === "there") return false;
      // The deployer may be in a container, or one who may not look there.
      return (await lookInto(tools, request, file.source, signal)) === "absent";
    }),
  );
  return files.filter((_file, index) => isMissing[index]).map(missingFinding);
}

function filesOf({ model, services }: Request): readonly BaseFile[] {
  const writers = { model, services: writersOf(model) };
  const used = services.filter(isInBase).flatMap(({ name: service }) =>
    (["secret", "config"] as const).flatMap((kind) =>
      (model.services[service]?.[`${kind}s`] ?? []).flatMap(({ source: key }): BaseFile[] => {
        const file = model[`${kind}s`]?.[key]?.file;
        return file === undefined ? [] : [{ service, what: `${kind} ${key}`, source: unescapeDollars(file) }];
      }),
    ),
  );
  const first = used.filter(({ what }, index) => used.findIndex((file) => file.what === what) === index);
  return first.filter(({ source }) => !sharedWith(writers, source));
}

/** Whoever may have made it by then, as a job that runs before. */
function writersOf({ services }: ComposeModel) {
  return Object.keys(services).map((name) => ({ name, role: "data", active: true }) as const);
}

function missingFinding({ service, what, source }: BaseFile): Finding {
  return {
    severity: "error",
    code: "file-not-there",
    service,
    message: `${what} of ${service} is ${source}, which is not there: its container cannot be made`,
    hint: missingFileHint,
  };
}
