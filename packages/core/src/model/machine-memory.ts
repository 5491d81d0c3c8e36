/** Memory of the engine's machine, in bytes. */
export interface MachineMemory {
  /** What could be had without swapping. */
  readonly availableBytes: number;
  readonly totalBytes: number;
}
