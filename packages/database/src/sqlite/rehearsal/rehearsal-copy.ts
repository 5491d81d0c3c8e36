import { SluiceError } from "@sluice/core";
import type { DriverCall, RehearsalCopy } from "../../driver.ts";
import { orDispose } from "../../process/or-dispose.ts";
import { assertIntact } from "../fingerprint-sql.ts";
import { openScratchTool, type ToolOptions } from "../open-tool.ts";
import { withCompanions } from "../tool.ts";
import { watch } from "./watch.ts";

export interface RehearsalCopyOptions extends ToolOptions {
  readonly file: string;
  /** Where the volume or directory that the file is on is mounted in the service's container. */
  readonly volume?: string | undefined;
}

/** What was restored, untouched: each rehearsal gets a copy of it. */
const restored = "/tmp/sluice-restored.db";

/**
 * A container with a volume of its own, in which the database lies where it lies on the live one: whatever mounts that volume in the
 * place of the live one finds the copy. Nothing of the application starts in the container itself.
 *
 * @throws SluiceError DATABASE_UNKNOWN where the file is on no volume, IMAGE_MISSING, START_FAILED
 */
export async function openRehearsalCopy(
  options: RehearsalCopyOptions,
  image: string,
  { signal }: DriverCall,
): Promise<RehearsalCopy> {
  const { file, volume } = options;
  if (volume === undefined) {
    throw new SluiceError("DATABASE_UNKNOWN", `${file} is on no volume: no job could be given a copy in its place`, {
      hint: "a migration is rehearsed where the service mounts a volume, or a directory, that the file is in",
    });
  }
  return orDispose(await openScratchTool(options, image, signal, volume), async (tool) => {
    const [version = ""] = await tool.query(":memory:", ["select sqlite_version();"], signal);
    return {
      container: tool.container,
      server: { version, major: Number.parseInt(version, 10), preload: "" },
      notSeen: [
        "who would wait for the migration: SQLite lets one process write at a time, and has no server that could tell how long; at most as long as it ran",
        "its single statements, and locks",
        "CHECK constraints and other clauses that SQLite only keeps as text; rows of tables above 200 MB are counted, not compared",
        "whether the application may write to the file, and anything else that is on its volume: the copy's holds the database alone, for everybody",
      ],
      async restore({ dump }) {
        await tool.write(restored, dump, signal);
        await assertIntact(tool, restored, signal);
      },
      async clone() {
        await tool.share(volume, file, signal);
        await tool.remove(withCompanions(file));
        await tool.copy(restored, file, signal);
        await tool.share(volume, file, signal);
      },
      observe: () => watch(tool, { clone: file, restored }, signal),
      [Symbol.asyncDispose]: () => tool[Symbol.asyncDispose](),
    };
  });
}
