export { answersChecks } from "./config/answers-checks.ts";
export { askedMs } from "./config/asked-ms.ts";
export { formatBytes, parseBytes } from "./config/bytes.ts";
export type { DatabaseConfig } from "./config/database-schema.ts";
export * from "./config/door-image.ts";
export * from "./config/duration.ts";
export type { GithubConfig } from "./config/github-schema.ts";
export * from "./config/inferred-settings.ts";
export { configJsonSchema } from "./config/json-schema.ts";
export {
  type ConfiguredMigration,
  configuredMigration,
  migrationJobName,
  servicesOfFiles,
} from "./config/migration-job.ts";
export {
  type Alarm,
  type ChannelConfig,
  type Ending,
  endings,
  isAskedFor,
  type NotifyConfig,
  type Tellable,
  type Told,
  tellable,
  told,
} from "./config/notify-schema.ts";
export * from "./config/parse-config.ts";
export type { PromotionConfig } from "./config/promotion-schema.ts";
export { type ResolvedReferences, resolveReferences } from "./config/references.ts";
export * from "./config/release-checks.ts";
export * from "./config/release-settings.ts";
export type {
  AnalysisConfig,
  CheckConfig,
  Config,
  RolloutStep,
  ServiceConfig,
  WrittenConfig,
} from "./config/schema.ts";
export * from "./config/share.ts";
export * from "./config/since.ts";
export { fillTemplate, referencesIn, variablesIn } from "./config/template.ts";
export { unwatchedFindings } from "./config/unwatched-findings.ts";
export { configuredWatches, watchedChecks } from "./config/watched-checks.ts";
export { watchesContainers } from "./config/watched-services.ts";
export * from "./errors/codes.ts";
export { isFullDisk } from "./errors/full-disk.ts";
export { invalidRecord } from "./errors/invalid-record.ts";
export { isAbortOf } from "./errors/is-abort-of.ts";
export { messageOf } from "./errors/message-of.ts";
export * from "./errors/sluice-error.ts";
export * from "./events/events.ts";
export * from "./model/check.ts";
export * from "./model/checkout.ts";
export * from "./model/compose.ts";
export * from "./model/database-record.ts";
export * from "./model/diagnosis.ts";
export * from "./model/door.ts";
export * from "./model/finding.ts";
export type { DiagnosisCode, FindingCode, RehearsalCode, StateFindingCode } from "./model/finding-codes.ts";
export { growthPart, growthSamples } from "./model/growth-span.ts";
export { addressesMeet } from "./model/host-addresses.ts";
export * from "./model/http-syntax.ts";
export * from "./model/image-names.ts";
export { type CutShortJob, jobCutShort, lookAtTable, mayHaveLeft } from "./model/job-cut-short.ts";
export * from "./model/json-path.ts";
export * from "./model/machine-memory.ts";
export * from "./model/model-change.ts";
export * from "./model/mounted-images.ts";
export * from "./model/named-volumes.ts";
export * from "./model/names.ts";
export * from "./model/network.ts";
export * from "./model/observation.ts";
export * from "./model/order.ts";
export * from "./model/outcome.ts";
export * from "./model/pinned-model.ts";
export * from "./model/placement.ts";
export * from "./model/probe-target.ts";
export * from "./model/promotion.ts";
export * from "./model/pull-policy.ts";
export * from "./model/rehearsal.ts";
export { rehearsalCopyText } from "./model/rehearsal-copy.ts";
export * from "./model/release.ts";
export * from "./model/role.ts";
export * from "./model/router-capabilities.ts";
export * from "./model/service.ts";
export { shellWord } from "./model/shell-word.ts";
export * from "./model/slot.ts";
export * from "./model/stack.ts";
export * from "./model/state-home.ts";
export * from "./model/traffic-count.ts";
export * from "./model/verdict.ts";
export * from "./model/watch-target.ts";
export * from "./model/watched-check.ts";
export { readWorkflowRun, type WorkflowRun } from "./model/workflow-run.ts";
export * from "./plan/doors/assert-door-can.ts";
export * from "./plan/doors/door-spec.ts";
export * from "./plan/doors/probe-target.ts";
export { shutDoors } from "./plan/doors/shut-doors.ts";
export * from "./plan/findings/changed-base.ts";
export * from "./plan/findings/checkout-findings.ts";
export * from "./plan/findings/data-anew.ts";
export * from "./plan/findings/down-base.ts";
export * from "./plan/findings/foreign-projects.ts";
export { handRunFindings } from "./plan/findings/hand-run-jobs.ts";
export { inactiveText, lostToProfiles, noActiveService } from "./plan/findings/inactive-profiles.ts";
export { keptGoneFindings } from "./plan/findings/kept-gone.ts";
export { type MemoryUse, memoryCost } from "./plan/findings/memory-cost.ts";
export * from "./plan/findings/memory-kill.ts";
export {
  homeOfCopies,
  type MountedCopies,
  mountedCopies,
  mountFindings,
} from "./plan/findings/mounted-copies.ts";
export * from "./plan/findings/network-guests.ts";
export { composeFileNames, migrationFileName, otherFilesFindings } from "./plan/findings/other-files.ts";
export { otherMajorFindings } from "./plan/findings/other-major.ts";
export * from "./plan/findings/outside-proxies.ts";
export * from "./plan/findings/redefined-resources.ts";
export { restartFindings } from "./plan/findings/restart-findings.ts";
export { sameFilesFindings } from "./plan/findings/same-files.ts";
export { selfCompared } from "./plan/findings/self-compared.ts";
export { shortFindings } from "./plan/findings/short-findings.ts";
export {
  cutOffText,
  isDone,
  isDown,
  shortServices,
  shortText,
} from "./plan/findings/short-services.ts";
export { doorFinding, homeFindings, orphanFindings, stackFindings } from "./plan/findings/stack-findings.ts";
export { readingChecks, unjudgedFindings } from "./plan/findings/unjudged-findings.ts";
export { unsetVariableFindings } from "./plan/findings/unset-variables.ts";
export { unstoredFindings } from "./plan/findings/unstored-findings.ts";
export * from "./plan/format-plan.ts";
export {
  type HeldServices,
  heldServices,
  type LeftRunning,
  leftRunning,
  leftRunningFindings,
} from "./plan/live/left-running.ts";
export * from "./plan/live/live-slot.ts";
export * from "./plan/live/runs-in-base.ts";
export { type SlotStatus, slotStatuses } from "./plan/live/slot-statuses.ts";
export * from "./plan/live/warmth.ts";
export { type DesiredDeployment, planDeployment } from "./plan/plan-deployment.ts";
export * from "./plan/plan-rollback.ts";
export * from "./plan/ports/assert-ports-free.ts";
export { type MovedPorts, maybeMovedPorts, movedPorts, portHeirs } from "./plan/ports/moved-ports.ts";
export { isGiven, type PortTransfer, portTransfers } from "./plan/ports/port-transfers.ts";
export { type Completion, completionText } from "./plan/recovery/complete-record.ts";
export { dataIncompatible, type FailingPrevious } from "./plan/recovery/failing-way-back.ts";
export { keptForWayBack } from "./plan/recovery/kept-beside.ts";
export * from "./plan/recovery/recovery.ts";
export { isCare, mayMigrate } from "./plan/recovery/remaining-steps.ts";
export { aloneBeside, aloneInCandidate, supersededBy } from "./plan/recovery/superseded.ts";
export { hasImagesOf } from "./plan/releases/image-recipe.ts";
export * from "./plan/releases/match-bundle.ts";
export * from "./plan/releases/promoted-images.ts";
export * from "./plan/releases/releases-to-prune.ts";
export { heldByOrphans, keptOrphans, lostOrphans, mayRemove, type Orphan, orphansOf } from "./plan/steps/orphans.ts";
export { baseServices, type ChangedFiles, inOrder, isAlwaysPutBack } from "./plan/steps/plan-base.ts";
export * from "./plan/steps/rollout-steps.ts";
export * from "./plan/steps/step.ts";
export * from "./ports/backup-taker.ts";
export * from "./ports/base-runtime.ts";
export * from "./ports/bundle-store.ts";
export * from "./ports/checkout-guard.ts";
export * from "./ports/clock.ts";
export * from "./ports/container-exec.ts";
export * from "./ports/container-logs.ts";
export * from "./ports/container-stats.ts";
export { createDeadline, within } from "./ports/deadline.ts";
export * from "./ports/deployment-logs.ts";
export { eachInOrder, startWaves } from "./ports/each-in-order.ts";
export type { EnginePorts } from "./ports/engine-ports.ts";
export * from "./ports/event-sink.ts";
export * from "./ports/examiner.ts";
export * from "./ports/journal.ts";
export * from "./ports/judge.ts";
export * from "./ports/migration-rehearser.ts";
export * from "./ports/migration-runner.ts";
export * from "./ports/order-desk.ts";
export { probeEach } from "./ports/probe-each.ts";
export * from "./ports/prober.ts";
export * from "./ports/rehearsal-runtime.ts";
export * from "./ports/release-identity.ts";
export * from "./ports/stack-runtime.ts";
export * from "./ports/throw-away.ts";
export * from "./ports/traffic-counts.ts";
export * from "./ports/traffic-router.ts";
export * from "./ports/watcher.ts";
export { harmlessLines } from "./redact/harmless-lines.ts";
export { maskError } from "./redact/mask-error.ts";
export { maskWords } from "./redact/mask-words.ts";
export * from "./redact/redactor.ts";
export { isManner, isSecretName, mayHoldSecret } from "./redact/secret-names.ts";
export * from "./redact/shorten.ts";
export * from "./windows/always-open.ts";
export * from "./windows/format-in-zone.ts";
export type { Freeze, Windows } from "./windows/window-schema.ts";
