export { type CrashStage, runSluice } from "./crash-stage.ts";
export { engineFaults } from "./engine-faults.ts";
export type { Fault } from "./fault.ts";
export { homeFaults } from "./home-faults.ts";
export { allCases, type Extents, type KillCase, nameOf, sampleOf } from "./kill-cases.ts";
export { networksOf } from "./left-behind.ts";
export { type FaultOutcome, playFault } from "./play-fault.ts";
export { type KillOutcome, playKill } from "./play-kill.ts";
export { restartFaults } from "./restart-faults.ts";
