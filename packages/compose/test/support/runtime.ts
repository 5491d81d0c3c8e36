import { defaultConfig } from "@sluice/core";
import { type ComposeRuntimeOptions, createComposeRuntime } from "../../src/create-compose-runtime.ts";
import { hookNote } from "../../src/engine/start.ts";
import { readRouting } from "./door.ts";
import { clock } from "./engine.ts";

const noted = new Map<string, string>();

/** Another process as it were, which knows no more of this one than its notes. */
export const openRuntime = (more: Pick<ComposeRuntimeOptions, "readRelease"> = {}) =>
  createComposeRuntime({
    ...more,
    env: process.env,
    clock,
    config: async () => defaultConfig(),
    readRouting,
    stopNotes: {
      get: async (container) => noted.get(container),
      set: async (container, startedAt) => void noted.set(container, startedAt),
      remove: async (container) => void noted.delete(container),
    },
  });

/** What a process that was killed in a hook of a container has left for those that come after it. */
export const noteHook = async (container: string) => void noted.set(hookNote(container), "");

/** With more in its environment than this process has. */
export const runtimeWith = (
  env: Readonly<Record<string, string>>,
  more: Pick<ComposeRuntimeOptions, "readUnderWay"> = {},
) =>
  createComposeRuntime({
    ...more,
    env: { ...process.env, ...env },
    clock,
    config: async () => defaultConfig(),
    readRouting,
  });

export const runtime = runtimeWith({});
