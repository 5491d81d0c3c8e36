import type { DeployCall, Deployer } from "@sluice/wiring";
import type { ChangeFlags, CommandCall } from "./context.ts";
import { deployerOptions } from "./deployer-options.ts";
import { parseDurationFlag, parseOverride, parseSteps } from "./flag-values.ts";
import { writeJson } from "./render/json.ts";

export interface DeployFlags extends ChangeFlags {
  readonly release?: string;
  readonly retry?: boolean;
  readonly replaceDoors?: boolean;
  readonly steps?: string;
  readonly override?: string;
  readonly acceptIncompatible?: boolean;
  readonly acceptNotUndone?: boolean;
  readonly acceptDropped?: boolean;
  readonly plan?: boolean;
}

/**
 * The call that the flags and the event ask for; `ignored` when the event is not one to deploy. A release that is only named
 * need not be what is checked out.
 */
export async function deployCall(
  { flags, context }: CommandCall<DeployFlags>,
  deployer: Deployer,
  { isOnlyNamed = false }: { readonly isOnlyNamed?: boolean } = {},
): Promise<DeployCall | { readonly ignored: string }> {
  const { retry, replaceDoors, reason, acceptIncompatible, acceptNotUndone, acceptDropped } = flags;
  const waitMs = parseDurationFlag("--wait", flags.wait);
  const override = parseOverride(flags.override);
  const steps = parseSteps(flags.steps);
  const accepted = { acceptIncompatible, acceptNotUndone, acceptDropped };
  const asked = { reason, retry, replaceDoors, ...accepted, waitMs, override, steps };
  const { directory } = deployerOptions(flags, context);
  const inspecting = deployer.inspect(context.signal);
  const allowPrerelease = inspecting.then(({ config }) => config.releases.allowPrerelease);
  // Nobody asks for it where the tag was given by hand; that the project has a mistake is told below.
  allowPrerelease.catch(() => undefined);
  const resolving = context.resolveRelease({
    env: context.env,
    directory,
    tag: flags.release,
    isOnlyNamed,
    allowPrerelease,
    signal: context.signal,
  });
  // Git answers while Compose works; a mistake in the project is told first.
  const [inspected] = await Promise.allSettled([inspecting, resolving]);
  if (inspected.status === "rejected") throw inspected.reason;
  const resolved = await resolving;
  if ("ignored" in resolved) return resolved;
  return { ...asked, release: resolved.release };
}

/** Says why nothing is done, which is no failure. @param what in words, such as `nothing to announce` */
export function sayIgnored(
  { flags, context }: CommandCall,
  { ignored }: { readonly ignored: string },
  what: string,
): 0 {
  if (flags.json) writeJson(context, { ignored });
  else context.stdout.write(`${what}: ${ignored}\n`);
  return 0;
}
