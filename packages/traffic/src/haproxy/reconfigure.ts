import { type DoorSpec, SluiceError } from "@sluice/core";
import { doorFiles } from "./door-files.ts";
import type { DoorLink } from "./door-link.ts";
import { observeEpoch } from "./observe-traffic.ts";
import { renderHaproxyConfig } from "./render-config.ts";

/** How long HAProxy may take to start its next process, in milliseconds. */
const reloadTimeoutMs = 15_000;

/** A configuration is checked by the door's own HAProxy before it takes the place of the one that runs. */
export async function reconfigure(link: DoorLink, spec: DoorSpec, signal?: AbortSignal): Promise<void> {
  const { shell, exec, door } = link;
  const { config, nextConfig, previousConfig } = doorFiles;
  const content = renderHaproxyConfig(spec);
  const before = await observeEpoch(link, signal);
  await exec.putFiles(door, [{ path: nextConfig, content, mode: 0o600 }], signal);
  const check = await shell.run(`haproxy -c -f ${nextConfig} || printf 'refused\\n'`, signal);
  if (/^refused$/m.test(check)) {
    throw new SluiceError("DOOR_FAILED", `HAProxy of door ${door} refuses its next configuration`, {
      hint: "the door goes on with the one it has; its HAProxy may be too old, 2.6 is the oldest that works",
      detail: withoutSecret(check, spec),
    });
  }
  await shell.run(`cp -p ${config} ${previousConfig} && mv -f ${nextConfig} ${config}`, signal);
  await exec.signal(door, "USR2");
  // From here on the reload happens whatever the caller wants: it is awaited under its own deadline.
  if (await isReplaced(link, before)) {
    await shell.run(`rm -f ${previousConfig}`);
    link.reloaded.dispatchEvent(new Event("reload"));
    return;
  }
  await shell.run(`mv -f ${previousConfig} ${config}`);
  throw new SluiceError("DOOR_FAILED", `door ${door} did not reload within ${reloadTimeoutMs} ms`, {
    hint: `the process before it goes on; look at \`docker logs ${door}\``,
  });
}

async function isReplaced(link: DoorLink, before: string): Promise<boolean> {
  const end = link.clock.monotonicMs() + reloadTimeoutMs;
  while (link.clock.monotonicMs() < end) {
    // For some milliseconds of a reload no process listens on the socket.
    const now = await observeEpoch(link).catch(() => before);
    if (now !== before) return true;
    await link.clock.sleep(link.pollMs);
  }
  return false;
}

function withoutSecret(text: string, { previewSecret, testers }: DoorSpec): string {
  const redacted = text.replaceAll(previewSecret, "[redacted]");
  return (testers?.token ? redacted.replaceAll(testers.token.value, "[redacted]") : redacted).trim().slice(-2000);
}
