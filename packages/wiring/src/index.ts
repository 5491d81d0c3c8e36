export type { GithubRelease, NewRelease, ReleaseComparison, ReleaseDesk } from "@sluice/release";
export { type ReportData, renderHtml, renderMarkdown } from "@sluice/report";
export { createDeployer } from "./create-deployer.ts";
export * from "./database/database-operations.ts";
export * from "./deployer.ts";
export type { ApprovalsRecord } from "./github/approvals.ts";
export { openReleaseDesk } from "./github/open-desk.ts";
export { type ReleaseSourceOptions, type ResolvedRelease, resolveRelease } from "./resolve-release.ts";
