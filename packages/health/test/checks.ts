import type {
  AnswersCheck,
  CertificateCheck,
  CommandCheck,
  ContainerCheck,
  HttpCheck,
  LoadCheck,
  ObservedContainer,
  ProbeTarget,
  ReachableCheck,
  TcpCheck,
} from "@sluice/core";

const common = { service: "web", timeoutMs: 5_000, successes: 1, retries: 0, onNoData: "fail" as const };

export function anHttpCheck(changes: Partial<HttpCheck> = {}): HttpCheck {
  const expected = { status: [], headers: {} };
  return {
    ...common,
    type: "http",
    name: "GET /",
    method: "GET",
    path: "/",
    headers: {},
    expect: expected,
    ...changes,
  };
}

export function aTcpCheck(changes: Partial<TcpCheck> = {}): TcpCheck {
  return { ...common, type: "tcp", name: "port", port: 80, ...changes };
}

export function anAnswersCheck(changes: Partial<AnswersCheck> = {}): AnswersCheck {
  const spoken = { port: 80, protocol: "http", proxyProtocol: false } as const;
  return { ...common, type: "answers", name: "web answers", ...spoken, onNoData: "warn", ...changes };
}

export function aCommandCheck(changes: Partial<CommandCheck> = {}): CommandCheck {
  return { ...common, type: "command", name: "smoke", command: ["./smoke"], ...changes };
}

export function aContainerCheck(changes: Partial<ContainerCheck> = {}): ContainerCheck {
  return { ...common, type: "container", name: "web runs", ...changes };
}

export function aLoadCheck(changes: Partial<LoadCheck> = {}): LoadCheck {
  return {
    ...common,
    type: "load",
    name: "load",
    method: "GET",
    path: "/",
    headers: {},
    rate: 50,
    durationMs: 1_000,
    connections: 4,
    requestTimeoutMs: 1_000,
    timeoutMs: 10_000,
    expect: { status: [], errors: 0 },
    ...changes,
  };
}

export function aCertificateCheck(changes: Partial<CertificateCheck> = {}): CertificateCheck {
  return {
    ...common,
    type: "certificate",
    name: "certificate",
    host: "localhost",
    port: 443,
    minDays: 14,
    trusted: true,
    ...changes,
  };
}

export function aReachableCheck(changes: Partial<ReachableCheck> = {}): ReachableCheck {
  const targets = ["mail.example.com:587"];
  return { ...common, type: "reachable", name: "reachable", targets, connectMs: 2_000, timeoutMs: 15_000, ...changes };
}

export function aTarget(changes: Partial<ProbeTarget> = {}): ProbeTarget {
  return { slot: "green", containers: { web: ["c1"] }, doors: {}, ...changes };
}

export function aContainer(changes: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: "c1",
    name: "shop-green-web-1",
    service: "web",
    imageId: "sha256:1",
    state: "running",
    health: "none",
    restartCount: 0,
    exitCode: 0,
    oomKilled: false,
    startedAt: "2025-12-31T23:00:00Z",
    finishedAt: "",
    release: "r1",
    deployment: "d1",
    ...changes,
  };
}
