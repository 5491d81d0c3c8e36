import { appendFile, readFile } from "node:fs/promises";

/**
 * Results of a long run that is made of short ones: one a line in a file, by a key that says all they depend on but the
 * code. Without a file nothing is kept.
 */
export class Kept {
  readonly #file: string | undefined;
  readonly #results = new Map<string, unknown>();

  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** Reads what the file holds; a file that is not there holds nothing. */
  static async open(file: string | undefined): Promise<Kept> {
    const kept = new Kept(file);
    const text = file === undefined ? "" : await readFile(file, "utf8").catch(orNothing);
    // The last line may be half a line.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
    for (const line of whole.filter((one) => one !== "")) {
      // What could not be measured (NaN) is null in JSON.
      const { key, result } = JSON.parse(line, (_, value: unknown) => (value === null ? Number.NaN : value));
      kept.#results.set(key, result);
    }
    return kept;
  }

  has(key: string): boolean {
    return this.#results.has(key);
  }

  get(key: string): unknown {
    return this.#results.get(key);
  }

  async add(key: string, result: unknown): Promise<void> {
    this.#results.set(key, result);
    if (this.#file !== undefined) await appendFile(this.#file, `${JSON.stringify({ key, result })}\n`);
  }
}

function orNothing(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw error;
}
