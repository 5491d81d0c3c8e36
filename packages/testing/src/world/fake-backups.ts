import type { BackupTaker } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** Takes backups of nothing. */
export function fakeBackups({ act, state }: FakeContext): BackupTaker {
  let count = 0;
  return {
    take: (service, { prove, signal }) =>
      act(`backups.take ${service}`, signal, () => {
        count += 1;
        if (prove) state.proven = `backup-${count}`;
        return { id: `backup-${count}`, bytes: 1_000, level: prove ? "compared" : "written" };
      }),
    assertReady: (signal) => act("backups.assertReady", signal, () => undefined),
    newestProven: (service, signal) => act(`backups.newestProven ${service}`, signal, () => state.proven),
  };
}
