import type { BackupTaker } from "./backup-taker.ts";
import type { BaseRuntime } from "./base-runtime.ts";
import type { BundleStore } from "./bundle-store.ts";
import type { CheckoutGuard } from "./checkout-guard.ts";
import type { Clock } from "./clock.ts";
import type { DeploymentLogs } from "./deployment-logs.ts";
import type { EventSink } from "./event-sink.ts";
import type { Journal } from "./journal.ts";
import type { Judge } from "./judge.ts";
import type { MigrationRehearser } from "./migration-rehearser.ts";
import type { MigrationRunner } from "./migration-runner.ts";
import type { OrderDesk } from "./order-desk.ts";
import type { Prober } from "./prober.ts";
import type { ReleaseIdentity } from "./release-identity.ts";
import type { DoorRuntime, ImageBuilder, SlotRuntime, StackObserver } from "./stack-runtime.ts";
import type { TrafficCounts } from "./traffic-counts.ts";
import type { TrafficRouter } from "./traffic-router.ts";
import type { Watcher } from "./watcher.ts";

/** Everything a deployment acts through. */
export interface EnginePorts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly logs: DeploymentLogs;
  readonly bundles: BundleStore;
  readonly backups: BackupTaker;
  readonly migrations: MigrationRunner;
  readonly rehearser: MigrationRehearser;
  readonly identity: ReleaseIdentity;
  readonly checkout: CheckoutGuard;
  readonly observer: StackObserver;
  readonly images: ImageBuilder;
  readonly base: BaseRuntime;
  readonly slots: SlotRuntime;
  readonly doors: DoorRuntime;
  readonly router: TrafficRouter;
  readonly counts: TrafficCounts;
  readonly prober: Prober;
  readonly watcher: Watcher;
  readonly judge: Judge;
  readonly orders: OrderDesk;
  readonly onEvent: EventSink;
  /** Unpredictable text of 8 lower-case characters; a seam for tests. */
  readonly randomId: () => string;
}
