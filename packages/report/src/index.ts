export { renderHtml } from "./html/page.ts";
export type { AttemptFacts, ReportContext } from "./input.ts";
export { renderMarkdown, text as markdownText } from "./markdown.ts";
export { rehearsalTables, rehearsalVerdictText, rollbackSafeText } from "./rehearsal-tables.ts";
export { type ReportData, reportData } from "./report-data.ts";
