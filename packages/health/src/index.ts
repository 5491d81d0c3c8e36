export { judge } from "./analysis/judge.ts";
export type { ProvideImage, RunOneOff } from "./checks/command.ts";
export type { InspectContainer } from "./checks/container.ts";
export type { RunInside } from "./checks/reachable.ts";
export { type ProbeAllOptions, probeAll } from "./probe-all.ts";
export { createProber, type ProberOptions } from "./prober.ts";
export { recordSentryDeploy, type SentryDeploy } from "./sentry/record-sentry-deploy.ts";
export type { JoinNetwork } from "./stand-beside.ts";
export { createWatcher, type WatcherOptions } from "./watch/create-watcher.ts";
