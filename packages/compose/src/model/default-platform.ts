import { type ComposeModel, checkoutNote } from "@sluice/core";
import { escapeDollars, unescapeDollars } from "./dollars.ts";

/** The platform that Compose pulls and builds for where a service says none. */
export const platformVariable = "DOCKER_DEFAULT_PLATFORM";

/** Notes in the model what an env file sets that to: no later run of Compose reads the file. Pure. */
export function withDefaultPlatform(model: ComposeModel, platform: string | undefined): ComposeModel {
  if (platform === undefined) return model;
  return { ...model, [checkoutNote]: { ...noteOf(model), platform: escapeDollars(platform) } };
}

/** For the environment of Compose, under what that says itself. Pure. */
export function defaultPlatform(model: ComposeModel): Readonly<Record<string, string>> {
  const { platform } = noteOf(model);
  return typeof platform === "string" ? { [platformVariable]: unescapeDollars(platform) } : {};
}

function noteOf(model: ComposeModel): { readonly platform?: unknown } {
  return (model[checkoutNote] ?? {}) as { readonly platform?: unknown };
}
