export { type ComposeRuntime, type ComposeRuntimeOptions, createComposeRuntime } from "./create-compose-runtime.ts";
export type { ContainerLogLine, FollowLogsOptions } from "./engine/follow-logs.ts";
