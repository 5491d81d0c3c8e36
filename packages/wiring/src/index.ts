export { dataRollbackText } from "@sluice/database";
export { type ReportData, renderHtml, renderMarkdown } from "@sluice/report";
export type { WorkflowFile } from "@sluice/workflows";
export { createDeployer } from "./create-deployer.ts";
export * from "./database/database-operations.ts";
export * from "./deployer.ts";
export { type ReleaseSourceOptions, type ResolvedRelease, resolveRelease } from "./resolve-release.ts";
