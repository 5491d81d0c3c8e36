import type { CommandCheck, ContainerExec, ProbeTarget, Slot } from "@sluice/core";
import { type Attempt, shownText } from "../attempt.ts";

/** Runs a command once in a container of its own on the slot's networks. */
export type RunOneOff = (
  request: { readonly image: string; readonly command: readonly string[]; readonly slot: Slot },
  signal: AbortSignal,
) => Promise<{ readonly exitCode: number; readonly output: string }>;

/** Brings an image to where the command is run, if it is not there. @throws SluiceError */
export type ProvideImage = (image: string, signal?: AbortSignal) => Promise<void>;

export const commandLimit = (): string => "exit code 0";

export async function attemptCommand(
  exec: ContainerExec,
  runOneOff: RunOneOff | undefined,
  { image, command, service }: CommandCheck,
  { slot, containers }: ProbeTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  if (image !== undefined) {
    if (!runOneOff) {
      const detail = `nothing here can run a container of ${image} on the slot's network`;
      return { result: "inconclusive", value: "not run", detail };
    }
    const { exitCode, output } = await runOneOff({ image, command, slot }, signal);
    return toAttempt(exitCode, output);
  }
  const [container] = containers[service] ?? [];
  if (container === undefined) {
    return { result: "fail", value: "no container", detail: `${service} has no container in ${slot}` };
  }
  const { exitCode, stdout, stderr } = await exec.exec(container, command, { signal });
  return toAttempt(exitCode, `${new TextDecoder().decode(stdout)}${stderr}`);
}

function toAttempt(exitCode: number, output: string): Attempt {
  const value = `exit code ${exitCode}`;
  return exitCode === 0 ? { result: "pass", value } : { result: "fail", value, detail: shownText(output) };
}
