import { createEvent, defaultConfig, type EventBody, type EventSink, type Serving } from "@sluice/core";
import type { Deployer, DeployerOptions, PlanView, StackStatus, WindowView } from "@sluice/wiring";
import type { DeploymentResult } from "../context.ts";

export const at = new Date("2026-05-01T10:00:00Z");
export const v1: Serving = { release: "r1", tag: "v1", slot: "blue", share: 100 };
export const v2: Serving = { release: "r2", tag: "v2", slot: "green", share: 100 };

export type FakeDeployer = Deployer & {
  /** Method names and their first arguments, in order. */
  readonly calls: (readonly unknown[])[];
  options: DeployerOptions | null;
  emit(...bodies: EventBody[]): void;
};

/** A deployer in memory: answers what a test hands in, and notes what was asked of it. */
export function fakeDeployer(answers: Partial<Deployer> = {}): FakeDeployer {
  const calls: unknown[][] = [];
  const unexpected = (name: string) => async () => Promise.reject(new Error(`${name} was not expected`));
  const base: Deployer = {
    inspect: async () => ({
      stack: "shop",
      configFile: "/srv/Shop/sluice.yaml",
      config: defaultConfig(),
      services: [],
      findings: [],
    }),
    workflows: unexpected("workflows"),
    plan: unexpected("plan"),
    deploy: unexpected("deploy"),
    planRollback: unexpected("planRollback"),
    rollback: unexpected("rollback"),
    resume: unexpected("resume"),
    abort: unexpected("abort"),
    keptLogs: async () => [],
    standIn: async () => null,
    status: async () => aStatus(),
    ps: unexpected("ps"),
    logs: () => {
      throw new Error("logs was not expected");
    },
    verify: unexpected("verify"),
    traffic: unexpected("traffic"),
    order: unexpected("order"),
    news: async function* () {},
    doctor: unexpected("doctor"),
    window: unexpected("window"),
    suggestWindows: unexpected("suggestWindows"),
    outbox: unexpected("outbox"),
    flushOutbox: unexpected("flushOutbox"),
    dropUntold: unexpected("dropUntold"),
    history: async () => [],
    report: unexpected("report"),
    releases: async () => [],
    audit: unexpected("audit"),
    anchors: unexpected("anchors"),
    records: async function* () {},
    exportState: unexpected("exportState"),
    importState: unexpected("importState"),
    rebuildState: unexpected("rebuildState"),
    stateChanges: async () => [],
    approvals: async () => [],
    announce: unexpected("announce"),
    announcements: async () => [],
    upkeep: async () => [],
    prune: unexpected("prune"),
    database: {
      backup: unexpected("database.backup"),
      list: unexpected("database.list"),
      show: unexpected("database.show"),
      verify: unexpected("database.verify"),
      rehearse: unexpected("database.rehearse"),
      planRestore: unexpected("database.planRestore"),
      restore: unexpected("database.restore"),
      planUndo: unexpected("database.planUndo"),
      undoRestore: unexpected("database.undoRestore"),
      prune: unexpected("database.prune"),
      planMigration: unexpected("database.planMigration"),
      migrate: unexpected("database.migrate"),
      records: async () => [],
    },
    [Symbol.asyncDispose]: async () => {
      calls.push(["dispose"]);
    },
    ...answers,
  };
  const noted = <Methods extends object>(methods: Methods, prefix = "") =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        (...args: unknown[]) => {
          calls.push([prefix + name, ...args.filter((arg) => !(arg instanceof AbortSignal))]);
          return (method as (...given: unknown[]) => unknown)(...args);
        },
      ]),
    ) as Methods;
  let options: DeployerOptions | null = null;
  let sink: EventSink = () => {};
  return {
    ...noted(base),
    database: noted(base.database, "database."),
    [Symbol.asyncDispose]: base[Symbol.asyncDispose],
    calls,
    get options() {
      return options;
    },
    set options(given) {
      options = given;
      sink = given?.onEvent ?? sink;
    },
    emit: (...bodies) => {
      for (const body of bodies) sink(createEvent(at, body));
    },
  };
}

export function aStatus(over: Partial<StackStatus> = {}): StackStatus {
  const slot = { containers: [], release: null, tag: null, live: false, candidate: false, warm: false };
  return {
    stack: "shop",
    serving: v1,
    slots: [
      { ...slot, slot: "blue", release: "r1", tag: "v1", live: true },
      { ...slot, slot: "green" },
    ],
    doors: [],
    base: [],
    findings: [],
    unfinished: null,
    lock: null,
    underWay: null,
    last: null,
    standIn: null,
    ...over,
  };
}

export function aPlanView(over: Partial<PlanView> = {}): PlanView {
  const steps = [
    { id: "build", kind: "build", target: "release v2", cause: "v2 is not stored", timeoutMs: 1_000 },
    {
      id: "verify",
      kind: "verify",
      target: "slot green",
      cause: "users must not find out",
      timeoutMs: 1_000,
      slot: "green",
    },
  ] as const;
  return {
    plan: { kind: "deploy", candidate: "green", previous: "blue", steps },
    text: "1. build   release v2  (v2 is not stored)\n2. verify  slot green  (users must not find out)",
    services: [],
    findings: [],
    serving: v1,
    tag: "v2",
    release: null,
    ...over,
  };
}

export function aWindowView(over: Partial<WindowView> = {}): WindowView {
  return {
    stack: "shop",
    open: true,
    reason: "no window is configured",
    timezone: "UTC",
    now: at.toISOString(),
    nextOpening: null,
    closes: null,
    freeze: null,
    ranges: [],
    holidays: [],
    freezes: [],
    ...over,
  };
}

export function aResult(over: Partial<DeploymentResult> = {}): DeploymentResult {
  return { deployment: "d1", outcome: "live", exitCode: 0, serving: v2, ...over };
}
