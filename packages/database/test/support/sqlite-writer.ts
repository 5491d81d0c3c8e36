import { spawn } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";

/** Tells each id once it is written; waits for whoever has the database's lock. */
const program = `
const database = new (require("node:sqlite").DatabaseSync)(process.argv[1]);
database.exec("pragma busy_timeout = 60000; pragma synchronous = off");
const insert = database.prepare("insert into orders (id) values (?)");
let id = Date.now() * 1000;
setInterval(() => process.stdout.write((insert.run((id += 1)), id + "\\n")), 2);
`;

/** A process that writes a row every few milliseconds. */
export interface SqliteWriter extends AsyncDisposable {
  /** Resolves once so many more rows are written. */
  written(rows: number): Promise<void>;
  /** Ends it. Resolves with the ids of which it was told that they are written. */
  stop(): Promise<readonly number[]>;
}

export function startWriter(file: string): SqliteWriter {
  const child = spawn(process.execPath, ["--no-warnings", "-e", program, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()));
  const ids = () => told.split("\n").slice(0, -1).map(Number);
  const stop = async () => {
    child.kill();
    await ended;
    return ids();
  };
  return {
    async written(rows) {
      const wanted = ids().length + rows;
      while (ids().length < wanted) await once(child.stdout, "data");
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** Which of the rows are in none of the databases. */
export function missingIn(files: readonly string[], ids: readonly number[]): readonly number[] {
  const found = new Set(
    files.flatMap((file) => {
      using database = new DatabaseSync(file);
      return database
        .prepare("select id from orders")
        .all()
        .map(({ id }) => id);
    }),
  );
  return ids.filter((id) => !found.has(id));
}
