import { access } from "node:fs/promises";
import { join } from "node:path";
import { createSquawk, type SqlLinter } from "@sluice/database";

interface Surroundings {
  /** Of the project. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** squawk, by the project's own `.squawk.toml` where it has one. */
export async function openSquawk({ directory, env }: Surroundings): Promise<SqlLinter> {
  const config = join(directory, ".squawk.toml");
  const isThere = await access(config).then(
    () => true,
    () => false,
  );
  return createSquawk({ path: env["PATH"], config: isThere ? config : undefined });
}
