import { type ContainerExec, SluiceError } from "@sluice/core";
import { freeBytesIn } from "../process/free-bytes.ts";
import { succeeds } from "../process/succeeds.ts";
import { openTurns, type Turns } from "../process/turns.ts";
import { nodeScript, pythonScript, shellExchange } from "./tool-scripts.ts";

/** A program with SQLite inside that a container has. */
export type ToolKind = "sqlite3" | "python3" | "node";

/** Files of an exchange; there is neither of the last two yet. */
export interface ExchangedFiles {
  readonly live: string;
  readonly fresh: string;
  /** What the live one held, from when that is whole. */
  readonly kept: string;
  /** The same, before. */
  readonly half: string;
}

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
   * Puts the content of a database that nobody has open in a live one's place, in one transaction, and keeps what was there:
   * whoever has the live one open may go on, and is waited for up to 10 s where it writes. From the copy of what was there to the
   * end nobody else can write. Only SQLite's shell has to let go in between of a database whose journal is a WAL, for a
   * moment.
   *
   * @returns whether nothing was written in between
   * @throws SluiceError DATABASE_UNREACHABLE, BACKUP_FAILED: nothing was exchanged; `kept` and `half` may be there. EXEC_FAILED: it is not
   * known whether it was
   */
  exchange(files: ExchangedFiles, signal?: AbortSignal): Promise<boolean>;
  /** The command that writes a file to its standard output. */
  readCommand(file: string): readonly string[];
  /** Writes a file, synced. */
  write(file: string, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  /** Paths of files that begin so. */
  list(prefix: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Free bytes where a directory is; `null` where the container cannot tell. */
  free(directory: string, signal?: AbortSignal): Promise<number | null>;
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
    async exchange({ live, fresh, half, kept }, signal) {
      const told = await run(command("exchange", live, fresh, half, kept), "", signal);
      return !told.includes("written in between");
    },
    readCommand: (file) => command("read", file),
    write: async (file, bytes, signal) => void (await run(command("write", file), bytes, signal)),
    list: (prefix, signal) => run(command("list", prefix), "", signal),
    free: (directory, signal) => freeBytesIn(exec, container, directory, signal),
    share: async (top, file, signal) => void (await run(command("share", file, top), "", signal, "0")),
    remove: async (files) => void (files.length > 0 && (await run(command("remove", ...files), ""))),
  };
}

type Call = readonly [
  "query" | "hold" | "copy" | "exchange" | "read" | "write" | "list" | "share" | "remove",
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
    // The timeout holds for the database that the shell opens, not for the one that its command names. By itself the command
    // starts over whenever somebody writes; in a transaction it sees one moment.
    case "copy":
      return ["sqlite3", "-bail", "-batch", file, ".timeout 10000", "begin", aRead, backupTo(others[0] ?? "")];
    case "exchange": {
      const [fresh = "", half = "", kept = ""] = others;
      const areThere = [kept, fresh].map((path) => `fsdir('${path.replaceAll("'", "''")}')`).join(", ");
      return shell(shellExchange, file, half, kept, backupTo(half), `.restore main ${quoted(fresh)}`, areThere);
    }
    case "read":
      return ["cat", file];
    case "write":
      return shell('cat > "$1" && sync', file);
    case "list":
      return shell('for file in "$1"*; do [ ! -e "$file" ] || printf "%s\\n" "$file"; done', file);
    case "share":
      return shell('mkdir -p "$(dirname "$1")" && chmod -R a+rwX "$2"', file, ...others);
    case "remove":
      return ["rm", "-f", file, ...others];
  }
}

/** 128 and the signal is how engines and shells tell of a process that one has ended. */
const killedAbove = 128;

/** Begins to read, so that the transaction has its moment. */
const aRead = "select count(*) from sqlite_master";

const backupTo = (path: string) => `.backup main ${quoted(path)}`;

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
  // Nobody knows how far it came.
  if (exitCode > killedAbove) {
    return new SluiceError("EXEC_FAILED", `${kind} was killed (exit code ${exitCode})`, {
      hint: "was its container stopped or restarted meanwhile, or is its memory limit too low?",
      detail,
    });
  }
  if (/unable to open|No such file|ENOENT/.test(stderr)) {
    return new SluiceError("DATABASE_UNREACHABLE", `the database's file cannot be opened: ${reason.trim()}`, {
      hint: "is database.file its path in the container of the service, and is it on a volume?",
      detail,
    });
  }
  return new SluiceError("BACKUP_FAILED", `${kind}: ${reason.trim()}`, { detail });
}
