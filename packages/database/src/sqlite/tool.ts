import { type ContainerExec, SluiceError } from "@sluice/core";
import { succeeds } from "../process/succeeds.ts";
import { openTurns, type Turns } from "../process/turns.ts";
import { nodeScript, pythonScript } from "./tool-scripts.ts";

/** A program with SQLite inside that a container has. */
export type ToolKind = "sqlite3" | "python3" | "node";

/** Works on files of a container, by the SQLite that is there. All paths are absolute, in that container. */
export interface SqliteTool {
  readonly kind: ToolKind;
  readonly container: string;
  /** Lines that statements give, one statement a line, fields separated by tabs. @throws SluiceError DATABASE_UNREACHABLE, BACKUP_FAILED */
  query(file: string, statements: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
  /** A connection to a database, made if there is none, that is talked to in turns and ends with its first error. */
  hold(file: string): Promise<Turns>;
  /** Copies a database that others may have open, by SQLite's own way for backups, into a file that nobody has. */
  copy(from: string, to: string, signal?: AbortSignal): Promise<void>;
  /**
   * Puts the content of a database that nobody has open in another's place, in one transaction: whoever has that one open may
   * go on, and is waited for up to 10 s where it writes.
   */
  overwrite(from: string, to: string, signal?: AbortSignal): Promise<void>;
  /** The command that writes a file to its standard output. */
  readCommand(file: string): readonly string[];
  /** Writes a file, synced. */
  write(file: string, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  /** Paths of files that begin so. */
  list(prefix: string, signal?: AbortSignal): Promise<readonly string[]>;
  rename(from: string, to: string): Promise<void>;
  /** Lets everybody write to a file, if it is there, and to all directories from `top` on, which are made. As root. */
  share(top: string, file: string, signal?: AbortSignal): Promise<void>;
  /** Removes files, as far as they are there. */
  remove(files: readonly string[]): Promise<void>;
}

const probes: Readonly<Record<ToolKind, readonly string[]>> = {
  sqlite3: ["sqlite3", ":memory:", "select length(sha3('', 256));"],
  python3: ["python3", "-c", "import hashlib, sqlite3; hashlib.sha3_256(); sqlite3.Connection.backup"],
  node: ["node", "-e", "process.exit(require('node:sqlite').backup ? 0 : 1)"],
};

/** What a container has, best first; `null` for one without any. */
export async function findTool(
  exec: ContainerExec,
  container: string,
  signal?: AbortSignal,
): Promise<SqliteTool | null> {
  for (const kind of Object.keys(probes) as ToolKind[]) {
    if (await succeeds(exec, container, probes[kind], signal)) return createTool(exec, container, kind);
  }
  return null;
}

/** A file, and what SQLite may keep next to it. */
export const withCompanions = (path: string): readonly string[] =>
  ["", "-wal", "-shm", "-journal"].map((ending) => path + ending);

export function createTool(exec: ContainerExec, container: string, kind: ToolKind): SqliteTool {
  const run = async (
    command: readonly string[],
    stdin: string | AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
    user?: string,
  ) => {
    const { exitCode, stdout, stderr } = await exec.exec(container, command, { stdin, signal, user });
    if (exitCode !== 0) throw toolError(kind, exitCode, stderr);
    return Buffer.from(stdout)
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "");
  };
  const command = kind === "sqlite3" ? shellCommand : (...args: Call) => [...scripts[kind], ...args];
  return {
    kind,
    container,
    query: (file, statements, signal) => run(command("query", file), `${statements.join("\n")}\n`, signal),
    hold: (file) =>
      openTurns(exec, {
        container,
        command: command("hold", file),
        environment: {},
        mark: (text) => `select '${text}';`,
        failure: ({ exitCode, stderr }) => toolError(kind, exitCode, stderr),
      }),
    copy: async (from, to, signal) => void (await run(command("copy", from, to), "", signal)),
    overwrite: async (from, to, signal) => void (await run(command("overwrite", from, to), "", signal)),
    readCommand: (file) => command("read", file),
    write: async (file, bytes, signal) => void (await run(command("write", file), bytes, signal)),
    list: (prefix, signal) => run(command("list", prefix), "", signal),
    rename: async (from, to) => void (await run(command("rename", from, to), "")),
    share: async (top, file, signal) => void (await run(command("share", file, top), "", signal, "0")),
    remove: async (files) => void (files.length > 0 && (await run(command("remove", ...files), ""))),
  };
}

type Call = readonly [
  "query" | "hold" | "copy" | "overwrite" | "read" | "write" | "list" | "rename" | "share" | "remove",
  ...string[],
];

const scripts = {
  python3: ["python3", "-c", pythonScript],
  node: ["node", "--no-warnings", "-e", nodeScript],
} as const;

/** SQLite's own shell; what it has no command for, a shell does. */
function shellCommand(...[verb, file = "", ...others]: Call): readonly string[] {
  const shell = (script: string, ...args: readonly string[]) => ["sh", "-c", script, "sh", ...args];
  switch (verb) {
    case "query":
      return ["sqlite3", "-bail", "-batch", "-noheader", "-separator", "\t", "-cmd", ".timeout 10000", file];
    case "hold":
      return ["sqlite3", "-bail", "-batch", "-noheader", "-separator", "\t", file];
    // The timeout holds for the database that the shell opens, not for the one that its command names.
    case "copy":
      return ["sqlite3", "-bail", "-batch", file, ".timeout 10000", `.backup main ${quoted(others[0] ?? "")}`];
    case "overwrite":
      return ["sqlite3", "-bail", "-batch", others[0] ?? "", ".timeout 10000", `.restore main ${quoted(file)}`];
    case "read":
      return ["cat", file];
    case "write":
      return shell('cat > "$1" && sync', file);
    case "list":
      return shell('for file in "$1"*; do [ ! -e "$file" ] || printf "%s\\n" "$file"; done', file);
    case "rename":
      return ["mv", "-f", file, ...others];
    case "share":
      return shell('mkdir -p "$(dirname "$1")" && chmod -R a+rwX "$2"', file, ...others);
    case "remove":
      return ["rm", "-f", file, ...others];
  }
}

/** For a command of SQLite's shell. */
function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Whether a tool failed because somebody else has the database's lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && /database(?: table| schema)? is locked/.test(error.message);
}

function toolError(kind: ToolKind, exitCode: number, stderr: string): SluiceError {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  // Python says it last; Node first shows the line of the program that failed.
  const said = lines.find((line) => /^(?:[\w.]*Error|Parse error|Runtime error)\b/.test(line));
  const reason = said ?? lines.at(-1) ?? `exit code ${exitCode}`;
  const detail = stderr.trim() || undefined;
  if (/unable to open|No such file|ENOENT/.test(stderr)) {
    return new SluiceError("DATABASE_UNREACHABLE", `the database's file cannot be opened: ${reason.trim()}`, {
      hint: "is database.file its path in the container of the service, and is it on a volume?",
      detail,
    });
  }
  return new SluiceError("BACKUP_FAILED", `${kind}: ${reason.trim()}`, { detail });
}
