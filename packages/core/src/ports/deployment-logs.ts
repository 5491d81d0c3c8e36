import type { Slot } from "../model/slot.ts";
import type { OutputLine } from "./stack-runtime.ts";

/** What wrote a log: a container of a deployment, one of its jobs, or its build. */
export interface LogOrigin {
  /** Name of the container; of a job its service, of a build `build`. */
  readonly container: string;
  /** `build` for a build. */
  readonly service: string;
  readonly place: Slot | "base" | "build";
}

/**
 * What the children of deployments wrote, whole but for what is older than a bound, for whoever has to find out why one
 * failed. It outlives containers, and is a memory and no record: nothing goes by it.
 */
export interface DeploymentLogs {
  /** Adds a line that was just written to what is kept of a deployment. @throws SluiceError DISK_FULL; what else the file system says */
  note(deployment: string, origin: LogOrigin, line: Pick<OutputLine, "stream" | "text">): void;
  /**
   * Keeps the log of a container as it is now, in the place of what was kept of it before, which stays until the new one is whole.
   * Its newest lines come first: where it ends early, by the signal or an engine that fails, these are kept, and that more is missing.
   *
   * @throws SluiceError ENGINE_FAILED; DISK_FULL where what serves needs the room; what else the file system says
   */
  keep(deployment: string, container: LogOrigin & { readonly id: string }, signal: AbortSignal): Promise<void>;
  /** Whether something of this origin is kept. */
  has(deployment: string, origin: LogOrigin): Promise<boolean>;
  /** Services that something is kept of, `build` among them. */
  services(deployment: string): Promise<readonly string[]>;
  /** Removes what is kept of a deployment. Idempotent. */
  discard(deployment: string): Promise<void>;
  /** Removes the oldest: what is kept of more deployments than these, or is too much together. The newest one stays. */
  prune(mostDeployments: number): Promise<void>;
}
