import type { Clock, ContainerExec } from "@sluice/core";
import type Docker from "dockerode";
import type { Bell } from "./bell.ts";
import type { Sign } from "./ready-sign.ts";

/** While a program boots it needs the processor itself. */
const firstAfterMs = 200;
const shortestPauseMs = 50;
const slowAfterMs = 5_000;
const slowPauseMs = 1_000;

export interface ProbeHints {
  /** Rings when it may pass now: most programs write a line when they are ready. */
  readonly bell: Bell;
  /** Whether it is known that it would not pass yet. */
  readonly sign: () => Sign;
}

/**
 * Runs a container's own health check before the engine does. The engine asks once every `interval` (30 s by default),
 * so a container that is ready after 2 s would be known to be after 30. This runs the very same command the same way:
 * after 200 ms, then after 100 ms that grow to 300 for the first 5 s, every second from then on and while the sign says
 * that it would not pass, and as soon as the bell rings. It resolves `true` at the first success, and `false` when the
 * signal aborts or the command cannot be run; the engine's own check decides then.
 */
export async function probeEarly(
  { exec }: Pick<ContainerExec, "exec">,
  clock: Clock,
  { Id, Config }: Pick<Docker.ContainerInspectInfo, "Id" | "Config">,
  { bell, sign }: ProbeHints,
  signal: AbortSignal,
): Promise<boolean> {
  const command = healthCommand(Config);
  if (!command) return false;
  const timeoutMs = (Config.Healthcheck?.Timeout || 30e9) / 1e6;
  const begin = clock.monotonicMs();
  await bell.wait(firstAfterMs, signal);
  if (sign() === "not-yet") await bell.wait(slowPauseMs, signal);
  while (!signal.aborted) {
    const asked = clock.monotonicMs();
    try {
      const { exitCode } = await exec(Id, command, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      if (exitCode === 0) return true;
    } catch {
      // Not running yet, stopped, or too slow: asked again until the wait for it ends.
    }
    const now = clock.monotonicMs();
    // A check may start a whole runtime: two thirds of a processor are the most that asking may take.
    const least = Math.max(shortestPauseMs, (now - asked) / 2);
    const usual = sign() === "not-yet" ? slowPauseMs : usualPauseMs(now - begin);
    await clock.sleep(least, signal).catch(() => undefined);
    await bell.wait(Math.max(0, usual - least), signal);
  }
  return false;
}

/** What asking costs and what not knowing costs grow alike. */
function usualPauseMs(sinceMs: number): number {
  return sinceMs < slowAfterMs ? Math.min(300, Math.max(100, sinceMs / 6)) : slowPauseMs;
}

/** The command of a health check as the engine would run it, or `undefined` where there is none. */
export function healthCommand({
  Healthcheck,
  Shell,
}: Pick<Docker.ContainerInspectInfo["Config"], "Healthcheck"> & { Shell?: string[] }): readonly string[] | undefined {
  const [kind, ...rest] = Healthcheck?.Test ?? [];
  if (kind === "CMD" && rest.length > 0) return rest;
  if (kind === "CMD-SHELL" && rest[0] !== undefined) return [...(Shell ?? ["/bin/sh", "-c"]), rest[0]];
  return undefined;
}
