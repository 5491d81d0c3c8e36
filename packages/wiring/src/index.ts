export { dataRollbackText, rehearsalCopy, rehearsalOutcome, rehearsalSeen } from "@sluice/database";
export type { GithubRelease, NewRelease, ReleaseComparison, ReleaseDesk } from "@sluice/release";
export {
  markdownText,
  type ReportData,
  rehearsalTables,
  rehearsalVerdictText,
  renderHtml,
  renderMarkdown,
  rollbackSafeText,
} from "@sluice/report";
export type { AlteredVariable, WorkflowFile, WorkflowVariable } from "@sluice/workflows";
export { createDeployer } from "./create-deployer.ts";
export * from "./database/database-operations.ts";
export * from "./deployer.ts";
export type { AnchoredAudit } from "./github/anchors.ts";
export type { ApprovalsRecord } from "./github/approvals.ts";
export { type OpenedDesk, openReleaseDesk } from "./github/open-desk.ts";
export type { AnnounceCall, Announcement, PlanRecord } from "./notify/announce.ts";
export { type ReleaseSourceOptions, type ResolvedRelease, resolveRelease } from "./project/resolve-release.ts";
export type { UpkeepRecord } from "./record/upkeep.ts";
export type { WindowSuggestionView } from "./window.ts";
