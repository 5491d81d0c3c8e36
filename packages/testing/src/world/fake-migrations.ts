import type { MigrationRunner } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** Lets every job run, watched by nobody. */
export function fakeMigrations({ act }: FakeContext): MigrationRunner {
  return {
    environment: async ({ run }) => ({ PGAPPNAME: run }),
    async run({ database, signal = new AbortController().signal }, job) {
      await act(`migrations.run on ${database}`, signal, () => undefined);
      await job({ signal, onStarted: () => undefined });
      return { attempts: 1 };
    },
  };
}
