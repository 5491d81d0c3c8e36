export { exportHome } from "./archive/export-home.ts";
export { importHome } from "./archive/import-home.ts";
export type { AuditProblem } from "./audit/problem.ts";
export { type AuditReport, verifyAudit } from "./audit/verify-audit.ts";
export { type OpenHomeOptions, openStateHome, type StateHome } from "./home/state-home.ts";
export { acquireLock, type LockRequest } from "./lock/acquire-lock.ts";
export { type LockHolder, readLockHolder } from "./lock/lock-holder.ts";
export { createJournal } from "./record/create-journal.ts";
export { lastDeploymentRecords, tailRecords } from "./record/tail.ts";
