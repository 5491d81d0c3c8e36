import type {
  ComposeModel,
  ComposeService,
  ResolvedProject,
  ServiceFacts,
  Slot,
  SlotRequest,
  StoredRelease,
} from "@sluice/core";
import { busybox } from "./busybox.ts";
import { docker } from "./engine.ts";

export function aService(
  name: string,
  role: ServiceFacts["role"],
  overrides: Partial<ServiceFacts> = {},
): ServiceFacts {
  return {
    name,
    role,
    strategy: role === "web" || role === "worker" || role === "job" ? "slots" : "recreate",
    confidence: "configured",
    reason: "",
    active: true,
    builds: false,
    replicas: 1,
    networks: ["default"],
    dependsOn: [],
    ports: [],
    port: null,
    protocol: "http",
    hasHealthcheck: false,
    startBudget: { timeoutMs: 20_000, derivation: "test" },
    stopGraceMs: 1_000,
    overlap: false,
    ...overrides,
  };
}

/** Serves files of the directory `/w` on port 80, a page that names its host among them. */
const serve = "mkdir -p /w && echo $$NAME > /w/index.html && exec httpd -f -p 80 -h /w";
/** Whoever waits for a service that has none waits for three seconds. */
const healthcheck = {
  test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"],
  interval: "30s",
  timeout: "5s",
  retries: 3,
};

function aComposeService(command: string, overrides: Partial<ComposeService> = {}): ComposeService {
  return {
    image: busybox,
    command: ["sh", "-c", command],
    entrypoint: null,
    init: true,
    stop_grace_period: "1s",
    networks: { default: null },
    ...overrides,
  };
}

/**
 * A shop: `web` on default and back, `worker` and the database on back, `mail` and the edge on default. The database
 * answers on port 80 with its name, as all of them do.
 */
export function aShop(stack: string, services: Readonly<Record<string, Partial<ComposeService>>> = {}): ComposeModel {
  const back = { back: null };
  const written: Record<string, ComposeService> = {
    web: aComposeService(serve, {
      environment: { NAME: "web" },
      networks: { default: null, back: null },
      healthcheck,
    }),
    worker: aComposeService(serve, { environment: { NAME: "worker" }, networks: back, healthcheck }),
    migrate: aComposeService("echo migrating; wget -q -O - http://db/", { networks: back }),
    db: aComposeService(serve, {
      environment: { NAME: "db" },
      networks: { back: { aliases: ["database"] } },
      healthcheck,
    }),
    mail: aComposeService(serve, { environment: { NAME: "mail" }, healthcheck }),
    edge: aComposeService(serve, {
      environment: { NAME: "edge" },
      healthcheck,
      depends_on: { web: { condition: "service_started", required: true } },
    }),
  };
  for (const [name, overrides] of Object.entries(services)) {
    const byDefault = overrides.command === undefined ? { healthcheck } : {};
    written[name] = { ...(written[name] ?? aComposeService(serve, byDefault)), ...overrides };
  }
  return {
    name: stack,
    services: written,
    networks: { default: { name: `${stack}_default` }, back: { name: `${stack}_back` } },
  };
}

export const shopServices: readonly ServiceFacts[] = [
  aService("web", "web", { networks: ["back", "default"], dependsOn: ["db"], port: 80, hasHealthcheck: true }),
  aService("worker", "worker", { networks: ["back"], dependsOn: ["db"] }),
  aService("migrate", "job", { networks: ["back"], dependsOn: ["db"] }),
  aService("db", "data", { networks: ["back"] }),
  aService("mail", "support"),
  aService("edge", "edge", { dependsOn: ["web"] }),
];

export function facts(name: string): ServiceFacts {
  const found = shopServices.find((service) => service.name === name);
  if (!found) throw new Error(`no facts of ${name}`);
  return found;
}

export async function aStored(model: ComposeModel, services = shopServices, id = "r1"): Promise<StoredRelease> {
  const image = await docker("image", "inspect", "-f", "{{.Id}}", busybox);
  return {
    bundle: {
      version: 1,
      id,
      tag: id,
      tags: [id],
      commit: null,
      createdAt: "2026-01-01T00:00:00.000Z",
      key: id,
      services,
      images: Object.fromEntries(Object.keys(model.services).map((name) => [name, image])),
      imageTags: {},
      environment: {},
    },
    model,
    filesDir: "/nowhere",
  };
}

export async function aSlotRequest(
  model: ComposeModel,
  slot: Slot,
  {
    services = shopServices,
    addresses = {},
    release = "r1",
  }: Partial<Pick<SlotRequest, "services" | "addresses">> & { release?: string } = {},
): Promise<SlotRequest> {
  const stored = await aStored(model, services, release);
  return { stack: model.name, slot, release: stored, deployment: "d1", services, addresses };
}

export function aProject(model: ComposeModel, services = shopServices): ResolvedProject {
  const place = { directory: "/", files: [], checkout: "/" };
  return { stack: model.name, ...place, model, secrets: [], services, modelHash: "h", findings: [] };
}
