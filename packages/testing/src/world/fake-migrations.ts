import type { MigrationRunner } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** Lets every job run, watched by nobody. */
export function fakeMigrations({ act }: FakeContext): MigrationRunner {
  return {
    environment: async ({ run }) => ({ PGAPPNAME: run }),
    async run({ database, previousRunsOnIt, signal = new AbortController().signal }, job) {
      const seen = previousRunsOnIt ? ", on which the previous was seen to run" : "";
      await act(`migrations.run on ${database}${seen}`, signal, () => undefined);
      await job({ signal, onStarted: () => undefined });
      return { attempts: 1 };
    },
  };
}
