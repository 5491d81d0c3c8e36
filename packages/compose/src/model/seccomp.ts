import { isAbsolute, join } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { notedDirectory } from "./checkout.ts";

/**
 * The file of a seccomp profile that an entry of `security_opt` names, escaped: the one path that Compose leaves relative to the
 * directory of the project. `undefined` for what names no file, or one in the home of whoever runs Compose.
 */
export function profileIn(model: ComposeModel, option: string): string | undefined {
  const at = option.search(option.includes("=") ? /=/ : /:/);
  const [name, path] = [option.slice(0, at), option.slice(at + 1)];
  if (name !== "seccomp" || ["", "unconfined", "builtin"].includes(path) || path.startsWith("~")) return undefined;
  const directory = notedDirectory(model);
  return isAbsolute(path) || directory === undefined ? path : join(directory, path);
}

/** The entries with their profiles at another place. @param placeOf is given a file as `profileIn` tells it; `undefined` leaves the entry as it is */
export function withProfiles(
  model: ComposeModel,
  options: readonly string[],
  placeOf: (path: string) => string | undefined,
): readonly string[] {
  return options.map((option) => {
    const path = profileIn(model, option);
    const place = path === undefined ? undefined : placeOf(path);
    return place === undefined ? option : `seccomp=${place}`;
  });
}
