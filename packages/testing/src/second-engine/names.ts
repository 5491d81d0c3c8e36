/** Where the files of second engines are. Not `/tmp`, which is another one there. */
export const parent = "/var/tmp";

let count = 0;

/** A name for the next engine of this process: a network interface has it too, whose name has at most 15 characters. */
export const engineName = (pid: number = process.pid): string => `sl2-${pid}-${(count += 1)}`;

/** The process that a name of an engine, or of its directory, tells; absent where it is another name. */
export function pidOf(name: string): number | undefined {
  const [, pid] = /^sl2-(\d+)-\d+(?:-\w+)?$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}
