/**
 * Which run of a container the engine was asked to stop, known beyond this process: a stop goes on when whoever asked is dead, and the
 * engine tells nobody for long. Under a name of its own (`hookNote`) also that what is to run after a container's start has not all run. Needs to outlive a process, not a machine. A failure of a call is taken for "not known".
 */
export interface StopNotes {
  /** Start of the run, as the engine writes it; `undefined` where none is noted. */
  get(container: string): Promise<string | undefined>;
  set(container: string, startedAt: string): Promise<void>;
  /** The stop is done. */
  remove(container: string): Promise<void>;
}
