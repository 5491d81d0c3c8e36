import type { MigrationRehearser } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** Rehearses nothing; what it finds is what the world says. */
export function fakeRehearser({ act, state }: FakeContext): MigrationRehearser {
  return {
    rehearse: (service, { signal }) =>
      act(`rehearser.rehearse ${service}`, signal, () => {
        const passes = { result: "pass", why: "said by the test" } as const;
        return state.rehearsal ?? { verdict: "pass", previous: passes, findings: [], backup: "backup-1" };
      }),
  };
}
