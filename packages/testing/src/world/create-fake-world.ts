import type { EnginePorts, Order, OrderReceipt, ResolvedProject, SluiceEvent } from "@sluice/core";
import { isInSlot } from "@sluice/core";
import { type Calls, createCalls, never } from "./calls.ts";
import type { Behaviour, FakeContext } from "./context.ts";
import { fakeBackups } from "./fake-backups.ts";
import { baseSpec, fakeBase } from "./fake-base.ts";
import { fakeBundleStore } from "./fake-bundle-store.ts";
import { fakeCheckout } from "./fake-checkout.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { fakeCounts } from "./fake-counts.ts";
import { fakeDoors } from "./fake-doors.ts";
import { fakeIdentity } from "./fake-identity.ts";
import { fakeImageBuilder } from "./fake-image-builder.ts";
import { fakeJournal } from "./fake-journal.ts";
import { fakeLogs } from "./fake-logs.ts";
import { fakeMigrations } from "./fake-migrations.ts";
import { fakeObserver } from "./fake-observer.ts";
import { createFakeOrders } from "./fake-orders.ts";
import { fakeJudge, fakeProber } from "./fake-prober.ts";
import { fakeRehearser } from "./fake-rehearser.ts";
import { fakeRouter } from "./fake-router.ts";
import { fakeSlots } from "./fake-slots.ts";
import { fakeWatcher } from "./fake-watcher.ts";
import { findLeftovers } from "./leftovers.ts";
import { createPromises } from "./promises.ts";
import { addContainer, createState, type WorldState } from "./state.ts";
import { type Reach, usersOf } from "./users.ts";

export interface FakeWorld {
  readonly state: WorldState;
  readonly clock: FakeClock;
  /** Every effect so far, and what goes wrong: `world.calls.fault = …`. */
  readonly calls: Calls;
  readonly events: SluiceEvent[];
  /** What must never happen and did: users lost, requests cut off, a worker that runs twice. */
  readonly violations: string[];
  /** How the containers of a release behave, by its tag. */
  readonly behaviours: Map<string, Behaviour>;
  /** How long requests that are under way need to end, in milliseconds. Default 0. */
  slowDrainMs: number;
  /** How long a container that runs needs to stop, in milliseconds; nobody can call that off. Default 0. */
  slowStopMs: number;
  /** A fake behind every port of a deployment, of one run. After a crash they are dead for good; `restart` and ask for new ones. */
  ports(): EnginePorts;
  /** The machine is there again after a crash; no fault is set any more. */
  restart(): void;
  /** Tells the deployment that runs what to do, as another process would. */
  order(kind: Order["kind"], changes?: Partial<Order>): Promise<OrderReceipt>;
  users(): Readonly<Record<string, Reach>>;
  /** What attempts that are over have left lying about, in words. */
  leftovers(): readonly string[];
  /** Runs a project as `docker compose up -d` would. */
  runPlain(project: ResolvedProject): void;
  /** Another world in which all that is the same, for as long as no run is under way. */
  copy(): FakeWorld;
}

/** A world in memory in which deployments run in milliseconds, and that watches what must never happen. */
export function createFakeWorld({ stack = "shop" }: { readonly stack?: string | undefined } = {}): FakeWorld {
  return worldOf({
    state: createState(stack),
    clock: createFakeClock(),
    events: [],
    violations: [],
    behaviours: new Map(),
    served: new Set(),
    ids: 0,
  });
}

interface WorldParts extends Pick<FakeWorld, "state" | "clock" | "events" | "violations" | "behaviours"> {
  readonly served: Set<string>;
  /** How many random ids there have been. */
  readonly ids: number;
}

function worldOf(parts: WorldParts): FakeWorld {
  const { state, clock, events, violations, behaviours, served } = parts;
  let latest = "";
  const violation = (what: string) => void violations.push(`after ${latest}: ${what}`);
  const keepPromises = createPromises(state, violation, served);
  const calls = createCalls((name) => {
    latest = name;
    keepPromises();
  });
  const orders = createFakeOrders();
  let { ids } = parts;

  const world: FakeWorld = {
    slowDrainMs: 0,
    slowStopMs: 0,
    state,
    clock,
    calls,
    events,
    violations,
    behaviours,
    ports() {
      const { epoch } = calls;
      const context: FakeContext = {
        state,
        clock,
        violation,
        drainMs: () => world.slowDrainMs,
        stopMs: () => world.slowStopMs,
        act: (name, signal, effect) => calls.act(epoch, name, signal, effect),
        behaviourOf: (release) => behaviours.get(state.bundles.get(release ?? "")?.bundle.tag ?? "") ?? {},
      };
      return {
        clock: {
          now: () => clock.now(),
          monotonicMs: () => clock.monotonicMs(),
          sleep: (ms, signal) => (calls.isKilled(epoch) ? never() : clock.sleep(ms, signal)),
        },
        journal: fakeJournal(context),
        logs: fakeLogs(context),
        bundles: fakeBundleStore(context),
        backups: fakeBackups(context),
        migrations: fakeMigrations(context),
        rehearser: fakeRehearser(context),
        identity: fakeIdentity(),
        checkout: fakeCheckout(context),
        observer: fakeObserver(context),
        images: fakeImageBuilder(context),
        base: fakeBase(context),
        slots: fakeSlots(context),
        doors: fakeDoors(context),
        router: fakeRouter(context),
        counts: fakeCounts(context),
        prober: fakeProber(context),
        watcher: fakeWatcher(context),
        judge: fakeJudge(context),
        orders: orders.desk(context),
        onEvent: (event) => void events.push(event),
        randomId: () => String(++ids).padStart(8, "0"),
      };
    },
    restart: () => calls.restart(),
    order: (kind, changes = {}) => orders.give({ ...changes, kind }),
    users: () => usersOf(state),
    leftovers: () => findLeftovers(state),
    runPlain({ services, model }) {
      for (const facts of services.filter(({ active, role }) => active && role !== "tool" && role !== "job")) {
        const place = isInSlot(facts) ? "plain" : "base";
        addContainer(state, { place, facts, spec: baseSpec(model, facts), state: "running" }).byPlainCompose = true;
      }
      latest = "docker compose up";
      keepPromises();
    },
    copy() {
      const { slowDrainMs, slowStopMs } = world;
      const copied = worldOf({
        state: structuredClone(state),
        clock: clock.copy(),
        events: [...events],
        violations: [...violations],
        behaviours: new Map(behaviours),
        served: new Set(served),
        ids,
      });
      return Object.assign(copied, { slowDrainMs, slowStopMs });
    },
  };
  return world;
}
