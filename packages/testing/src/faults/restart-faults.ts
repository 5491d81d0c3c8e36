import type { EngineSignal } from "../second-engine/index.ts";
import type { CrashStage } from "./crash-stage.ts";
import type { Fault } from "./fault.ts";

/** Where a deployment is when its engine goes: while nothing runs yet, before, while and after users move, and when all is proven. */
const moments: readonly (readonly [at: string, words: string])[] = [
  ["build", "while images are built"],
  ["job", "while a migration runs"],
  ["start", "while the candidate starts"],
  ["verify", "while the candidate is checked"],
  ["shift", "while users move"],
  ["drain", "while the previous drains"],
  ["bake", "while the candidate is watched"],
  ["retire", "while the previous is retired"],
];
const signals: readonly EngineSignal[] = ["SIGTERM", "SIGKILL"];

/** The engine is restarted in the middle of a deployment. Needs a stage on an engine that is nobody else's. */
export const restartFaults: readonly Fault[] = [true, false].flatMap((liveRestore) =>
  signals.flatMap((signal) =>
    moments.map(([at, words]) => ({
      name: `the engine is restarted by ${signal} ${words}, ${liveRestore ? "with" : "without"} live-restore`,
      at,
      arrange: async (stage: CrashStage) => {
        await engineOf(stage).configure({ "live-restore": liveRestore });
        return {};
      },
      inject: async (stage: CrashStage) => engineOf(stage).restart(signal),
    })),
  ),
);

function engineOf({ stack, engine }: CrashStage) {
  if (!engine) throw new Error(`the engine of ${stack} must not be restarted`);
  return engine;
}
