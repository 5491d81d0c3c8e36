import { type DoorSpec, SluiceError } from "@sluice/core";
import type { DoorLink } from "../door/door-link.ts";
import { doorFiles } from "./door-files.ts";
import { loadScript, refusalOf } from "./load-config.ts";
import { renderCaddyConfig, renderServers } from "./render-config.ts";

/** The running Caddy takes the configuration first: one that it refuses never takes the place of a file that works. */
export async function reconfigure(
  { shell, exec, door }: DoorLink,
  spec: DoorSpec,
  signal?: AbortSignal,
): Promise<void> {
  const { config, nextConfig, servers, nextServers } = doorFiles;
  const files = [
    { path: nextConfig, content: renderCaddyConfig(spec), mode: 0o600 },
    { path: nextServers, content: renderServers(spec) },
  ];
  await exec.putFiles(door, files, signal);
  // From here on it happens whatever the caller wants.
  const refusal = refusalOf(await shell.run(loadScript(nextConfig, { isForced: false })));
  if (refusal !== null) {
    throw new SluiceError("DOOR_FAILED", `Caddy of door ${door} refuses its next configuration`, {
      hint: "the door goes on with the one it has; its Caddy may be too old, 2.9 is the oldest that works",
      detail: withoutSecret(refusal, spec),
    });
  }
  await shell.run(`mv -f ${nextServers} ${servers} && mv -f ${nextConfig} ${config}`);
}

function withoutSecret(text: string, { previewSecret, testers }: DoorSpec): string {
  const redacted = text.replaceAll(previewSecret, "[redacted]");
  return (testers?.token ? redacted.replaceAll(testers.token.value, "[redacted]") : redacted).trim().slice(-2000);
}
