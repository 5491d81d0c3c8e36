export { environmentFingerprint } from "./bundle-files/environment-fingerprint.ts";
export { modelChanges } from "./bundle-files/model-changes.ts";
export { mountedFiles } from "./bundle-files/mounted-files.ts";
export { secretValues } from "./bundle-files/secret-values.ts";
export type { Memo } from "./compose-cli/memo.ts";
export {
  type Claims,
  type ComposeRuntime,
  type ComposeRuntimeOptions,
  createComposeRuntime,
} from "./create-compose-runtime.ts";
export { type ComposeSecurityFacts, composeDiagnoses } from "./doctor/compose-diagnoses.ts";
export { hasSecretValue, secretsInCompose } from "./doctor/written-secrets.ts";
export { type Endpoint, resolveEndpoint } from "./engine/endpoint.ts";
export type { EngineEvent } from "./engine/events.ts";
export type { ContainerLogLine, FollowLogsOptions } from "./engine/follow-logs.ts";
export type { StopNotes } from "./engine/stop-notes.ts";
export { type SlotModelOptions, slotModel } from "./model/slot-model.ts";
export {
  type ComposeResolver,
  type ComposeResolverOptions,
  createComposeResolver,
  type ResolveRequest,
} from "./resolve/compose-resolver.ts";
export { findEmptyVariables } from "./resolve/empty-variables.ts";
export { checkoutOf, findProjectFiles, type ProjectFiles } from "./resolve/project-files.ts";
export { writtenProjectName } from "./resolve/project-name.ts";
export { releasedSqlFiles, type SqlFile } from "./resolve/released-sql-files.ts";
export { classifyServices, type RoleOverrides } from "./roles/classify-services.ts";
export { serviceFacts } from "./roles/service-facts.ts";
