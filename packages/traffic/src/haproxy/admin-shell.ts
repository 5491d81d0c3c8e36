import { createDoorShell, type DoorShell, type DoorShellOptions } from "../door/door-shell.ts";
import { doorFiles } from "./door-files.ts";

export interface AdminShell extends DoorShell {
  /** The answer of the running HAProxy to commands of its admin socket, in order. */
  ask(commands: readonly string[], signal?: AbortSignal): Promise<string>;
}

export function createAdminShell(options: DoorShellOptions): AdminShell {
  const shell = createDoorShell(options);
  return {
    run: (script, signal) => shell.run(script, signal),
    ask: (commands, signal) => {
      const once = `printf '%s\\n' '${commands.join("; ")}' | socat -t 10 - UNIX-CONNECT:${doorFiles.adminSocket}`;
      // While HAProxy reloads, its socket is not there for some milliseconds.
      return shell.run(`${once} || { sleep 0.2; ${once}; } || { sleep 1; ${once}; }`, signal);
    },
    [Symbol.asyncDispose]: () => shell[Symbol.asyncDispose](),
  };
}
