import type { ServiceFacts } from "../model/service.ts";

/** Facts of a service as a test needs them: a web service that publishes a port, unless its role says otherwise. */
export function aService(name: string, overrides: Partial<ServiceFacts> = {}): ServiceFacts {
  const role = overrides.role ?? "web";
  const isWeb = role === "web";
  return {
    name,
    role,
    strategy: role === "web" || role === "worker" || role === "job" ? "slots" : "recreate",
    confidence: "configured",
    reason: "said by the test",
    active: true,
    builds: role === "web" || role === "worker" || role === "job",
    replicas: 1,
    networks: ["default"],
    dependsOn: [],
    ports: isWeb ? [{ published: 8080, target: 3000, protocol: "tcp" }] : [],
    port: isWeb ? 3000 : null,
    protocol: "http",
    hasHealthcheck: true,
    startBudget: { timeoutMs: 30_000, derivation: "said by the test" },
    stopGraceMs: 10_000,
    overlap: false,
    ...overrides,
  };
}
