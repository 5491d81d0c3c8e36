import { type ComposeService, labels } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";

/** A command that runs in a container beside what that is for. */
export interface Hook {
  readonly command: readonly string[];
  /** Default: the container's. */
  readonly user?: string | undefined;
  readonly privileged?: boolean | undefined;
  /** Default: the container's. */
  readonly workingDir?: string | undefined;
  /** Beside the container's own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What Compose calls lifecycle hooks: https://docs.docker.com/reference/compose-file/services/#post_start */
export interface Hooks {
  /** After each start, in order. */
  readonly postStart: readonly Hook[];
  /** Before each stop, in order. */
  readonly preStop: readonly Hook[];
}

export type HookKind = "post_start" | "pre_stop";

/** The hooks of a service, as the engine runs them. Pure. */
export function hooksOf({ post_start, pre_stop }: ComposeService): Hooks {
  return { postStart: hooksIn(post_start), preStop: hooksIn(pre_stop) };
}

/**
 * For a container that is started and stopped when no model is at hand: which hooks it has. What they are the model of its release
 * tells (`findHooks`), as that may hold secrets. Empty without hooks. Pure.
 */
export function hookLabels(service: ComposeService): Readonly<Record<string, string>> {
  const { postStart, preStop } = hooksOf(service);
  const kinds: readonly HookKind[] = [
    ...(postStart.length > 0 ? ["post_start" as const] : []),
    ...(preStop.length > 0 ? ["pre_stop" as const] : []),
  ];
  return kinds.length > 0 ? { [labels.hooks]: kinds.join(",") } : {};
}

function hooksIn(written: unknown): readonly Hook[] {
  if (!Array.isArray(written)) return [];
  return written.flatMap((one: WrittenHook | null) => {
    const command = one?.command;
    if (!Array.isArray(command) || command.length === 0) return [];
    // Without a value it is one that the shell does not set.
    const set = Object.entries(one?.environment ?? {}).flatMap(([name, value]) =>
      value === null ? [] : [[name, unescapeDollars(String(value))] as const],
    );
    return [
      {
        command: command.map((word) => unescapeDollars(String(word))),
        ...(one?.user ? { user: unescapeDollars(one.user) } : {}),
        ...(one?.privileged === true ? { privileged: true } : {}),
        ...(one?.working_dir ? { workingDir: unescapeDollars(one.working_dir) } : {}),
        environment: Object.fromEntries(set),
      },
    ];
  });
}

/** As Compose writes it in its canonical JSON. */
interface WrittenHook {
  readonly command?: readonly unknown[];
  readonly user?: string;
  readonly privileged?: boolean;
  readonly working_dir?: string;
  readonly environment?: Readonly<Record<string, string | number | null>>;
}
