import type { Engine } from "../engine/engine.ts";

/** Names the process of one exec in its environment, and with it all that it starts. */
export const marker = "SLUICE_EXEC";

/**
 * Ends the processes of one exec. The engine's API cannot do it: it knows the process by its number on the host only,
 * and closing the connection leaves it running. So a second exec looks for the mark in `/proc` and sends SIGTERM, then
 * SIGKILL after 2 s. Needs `sh` and `grep` in the container; without them the process runs until it reads or writes.
 */
export async function killMarked(engine: Engine, container: string, mark: string): Promise<void> {
  try {
    const docker = await engine.docker();
    const exec = await docker
      .getContainer(container)
      .exec({ Cmd: ["sh", "-c", script, "sh", `${marker}=${mark}`], User: "0" });
    // Detached, yet the client holds the connection open for output that never comes.
    (await exec.start({ Detach: true })).destroy();
  } catch {
    // The container is gone or has no shell: nothing is left to end, or nothing can end it.
  }
}

const script = `
send() {
  found=1
  for file in /proc/[0-9]*/environ; do
    if grep -q "$1" "$file" 2>/dev/null; then
      process=\${file%/environ}
      kill -"$2" "\${process#/proc/}" 2>/dev/null && found=0
    fi
  done
  return $found
}
send "$1" TERM && sleep 2 && send "$1" KILL
`;
