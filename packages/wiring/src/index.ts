export { dataRollbackText } from "@sluice/database";
export { type ReportData, renderHtml, renderMarkdown } from "@sluice/report";
export { createDeployer } from "./create-deployer.ts";
export * from "./database/database-operations.ts";
export * from "./deployer.ts";
export { type ReleaseSourceOptions, type ResolvedRelease, resolveRelease } from "./resolve-release.ts";
