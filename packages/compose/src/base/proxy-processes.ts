/** What `docker top` says: each process as columns, the command last. */
export interface ProcessTable {
  readonly Titles: readonly string[];
  readonly Processes: readonly (readonly string[])[] | null;
}

export interface NginxProcesses {
  /** Makes it read its configuration again, as the user of its container. */
  readonly reload: readonly string[];
  /** Process ids of workers that take requests. */
  readonly workers: ReadonlySet<string>;
  /** Process ids of workers that only answer what they took before a reload, by the addresses of that time. */
  readonly ending: ReadonlySet<string>;
}

/** The nginx (or a relative of it that names its processes alike) of a container; `null` where there is none. Pure. */
export function nginxProcesses({ Titles, Processes }: ProcessTable): NginxProcesses | null {
  const rows = rowsOf({ Titles, Processes });
  const master = rows.map(({ command }) => masterTitle.exec(command)?.groups?.["call"]).find(Boolean);
  if (master === undefined) return null;
  const [program = "", ...args] = master.split(" ");
  const titled = (title: RegExp) => new Set(rows.filter(({ command }) => title.test(command)).map(({ pid }) => pid));
  const reload = [program, "-s", "reload", ...filesOf(args)];
  return { reload, workers: titled(workerTitle), ending: titled(endingTitle) };
}

/**
 * The name of another proxy that asks for addresses only when it starts or is told to: each has a way of its own to be
 * told. `null` where there is none that is known. Pure.
 */
export function proxyAskingOnce(table: ProcessTable): string | null {
  return rowsOf(table).flatMap(({ command }) => askingOnce.exec(command)?.groups?.["name"] ?? [])[0] ?? null;
}

function rowsOf({ Titles, Processes }: ProcessTable) {
  const at = (title: string) => Titles.indexOf(title);
  return (Processes ?? []).map((row) => ({ pid: row[at("PID")] ?? "", command: row[at("CMD")] ?? "" }));
}

/** Not the httpd of busybox, which leads nowhere. */
const askingOnce = /^(?:\S*\/)?(?<name>haproxy|apache2|httpd(?= -D))(?: |$)/;
const masterTitle = /^\w+: master process (?<call>\S*(?:nginx|openresty|angie|tengine)\b.*)$/;
const workerTitle = /^\w+: worker process$/;
const endingTitle = /^\w+: worker process is shutting down$/;

/** Where it was told to find its configuration; the rest of its call, such as `-g "daemon off;"`, is none of a signal's. */
function filesOf(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    const value = args[index + 1];
    return (arg === "-c" || arg === "-p") && value !== undefined ? [arg, value] : [];
  });
}
