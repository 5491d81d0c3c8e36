import { readFileSync } from "node:fs";
import type { ComposeModel } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { profileIn } from "../model/seccomp.ts";

/**
 * Whether a container was made with the seccomp profiles of its service as they are now, which its definition does not tell. What
 * cannot be read is no reason to take it for another.
 */
export function hasProfiles(
  { HostConfig }: { readonly HostConfig: { readonly SecurityOpt?: readonly string[] | null } },
  model: ComposeModel,
  service: string,
): boolean {
  const options = model.services[service]?.security_opt ?? [];
  const wanted = options.flatMap((option) => read(profileIn(model, option)) ?? []);
  const given = (HostConfig.SecurityOpt ?? []).map((option) => compact(option.replace(/^seccomp=/, "")));
  return wanted.every((profile) => given.includes(profile));
}

function read(profile: string | undefined): string | undefined {
  try {
    return profile && compact(readFileSync(unescapeDollars(profile), "utf8"));
  } catch {
    return undefined;
  }
}

function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
