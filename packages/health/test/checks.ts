import type { CommandCheck, ContainerCheck, HttpCheck, ObservedContainer, ProbeTarget, TcpCheck } from "@sluice/core";

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

export function aCommandCheck(changes: Partial<CommandCheck> = {}): CommandCheck {
  return { ...common, type: "command", name: "smoke", command: ["./smoke"], ...changes };
}

export function aContainerCheck(changes: Partial<ContainerCheck> = {}): ContainerCheck {
  return { ...common, type: "container", name: "web runs", ...changes };
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
    release: "r1",
    deployment: "d1",
    ...changes,
  };
}
