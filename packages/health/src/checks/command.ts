import type { CommandCheck, ContainerExec, ProbeTarget, Slot } from "@sluice/core";
import type { Attempt } from "../attempt.ts";

const shownOutput = 1_000;

/** Runs a command once in a container of its own on the slot's network. */
export type RunOneOff = (
  request: { readonly image: string; readonly command: readonly string[]; readonly slot: Slot },
  signal: AbortSignal,
) => Promise<{ readonly exitCode: number; readonly output: string }>;

export const commandLimit = (): string => "exit code 0";

export async function attemptCommand(
  exec: ContainerExec,
  runOneOff: RunOneOff | undefined,
  check: CommandCheck,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  if (check.image !== undefined) {
    if (!runOneOff)
      return { result: "inconclusive", value: "not run", detail: "no way to run a container for it was given" };
    const { exitCode, output } = await runOneOff(
      { image: check.image, command: check.command, slot: target.slot },
      signal,
    );
    return toAttempt(exitCode, output);
  }
  const [container] = target.containers[check.service] ?? [];
  if (container === undefined)
    return { result: "fail", value: "no container", detail: `${check.service} has no container in ${target.slot}` };
  const { exitCode, stdout, stderr } = await exec.exec(container, check.command, { signal });
  return toAttempt(exitCode, `${new TextDecoder().decode(stdout)}${stderr}`);
}

function toAttempt(exitCode: number, output: string): Attempt {
  const detail = output.trim().slice(-shownOutput) || undefined;
  return {
    result: exitCode === 0 ? "pass" : "fail",
    value: `exit code ${exitCode}`,
    detail: exitCode === 0 ? undefined : detail,
  };
}
