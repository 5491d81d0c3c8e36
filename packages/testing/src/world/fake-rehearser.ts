import type { MigrationRehearser, RehearsalSeen } from "@sluice/core";
import type { FakeContext } from "./context.ts";

/** Of a migration that did nothing. */
export const nothingSeen: RehearsalSeen = {
  migrationMs: 0,
  statements: [],
  locks: [],
  rewrites: [],
  tables: [],
  notTested: [],
  leftOut: 0,
};

/** Rehearses nothing; what it finds is what the world says. */
export function fakeRehearser({ act, state }: FakeContext): MigrationRehearser {
  return {
    rehearse: (service, { signal }) =>
      act(`rehearser.rehearse ${service}`, signal, () => {
        const passes = { result: "pass", why: "said by the test" } as const;
        const seen = nothingSeen;
        return state.rehearsal ?? { verdict: "pass", previous: passes, findings: [], backup: "backup-1", seen };
      }),
  };
}
