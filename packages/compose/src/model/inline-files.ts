import { posix } from "node:path";
import { type ComposeFileObject, type ComposeFileUse, type ComposeModel, SluiceError } from "@sluice/core";
import type { Environment } from "../engine/endpoint.ts";
import { unescapeDollars } from "./dollars.ts";
import { notedValue } from "./env-file-values.ts";

/** A file in the containers of a service that is on no disk before: a secret or config without `file:`. Content may be secret. */
export interface InlineFile {
  readonly service: string;
  readonly content: string;
  /** Absolute, in the container. */
  readonly target: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const kinds = [
  { kind: "secrets", noun: "secret", root: "/run/secrets" },
  { kind: "configs", noun: "config", root: "/" },
] as const;

const kept = "what has file: instead is kept with the release";
const onlyFiles = "Compose can mount there only what has file:";

/**
 * Secrets and configs of the services that no file is mounted for, as Compose itself gives them to what it starts: Compose
 * 2.37.3 and newer does so only then, not when it creates a container.
 *
 * @param env holds the variables that `environment:` names, but for those that an env file of the project has set
 * @throws SluiceError COMPOSE_FAILED where Compose could not either: a variable that is not set, an owner that is no
 *   number, a root file system that is read-only
 */
export function inlineFiles(
  model: ComposeModel,
  env: Environment,
  names: readonly string[] = Object.keys(model.services),
): readonly InlineFile[] {
  const { services, ...objects } = model;
  return names.flatMap((service) =>
    kinds.flatMap(({ kind, noun, root }) =>
      (services[service]?.[kind] ?? []).flatMap((use) => {
        const title = `${noun} ${use.source} of ${service}`;
        const content = contentOf(objects[kind]?.[use.source], env, title);
        if (content === undefined) return [];
        if (services[service]?.["read_only"] === true) throw failed(title, "the container is read_only", onlyFiles);
        const target = posix.resolve(root, unescapeDollars(use.target ?? use.source));
        return [{ service, content, target, ...ownershipOf(use, title) }];
      }),
    ),
  );
}

function contentOf(object: ComposeFileObject = {}, env: Environment, title: string): string | undefined {
  const { content, environment } = object;
  if (environment === undefined) return content === undefined ? undefined : unescapeDollars(content);
  const value = env[unescapeDollars(environment)] ?? notedValue(object);
  if (value === undefined)
    throw failed(title, `variable ${environment} is not set`, `set it for every deployment; ${kept}`);
  return value;
}

function ownershipOf({ uid = "", gid = "", mode = 0o444 }: ComposeFileUse, title: string) {
  const wrong = [uid, gid].find((id) => !/^\d*$/.test(id));
  if (wrong !== undefined) throw failed(title, `its owner ${wrong} is no number`, "Compose takes numbers alone there");
  return { uid: Number(uid), gid: Number(gid), mode: typeof mode === "number" ? mode : Number.parseInt(mode, 8) };
}

function failed(title: string, why: string, hint: string): SluiceError {
  return new SluiceError("COMPOSE_FAILED", `${title}: ${why}`, { hint });
}
