import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type {
  Clock,
  ContainerExec,
  DoorRouting,
  DoorSpec,
  RouterCapabilities,
  Slot,
  TrafficRouter,
} from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { createCaddyRouter, createHaproxyRouter } from "../src/index.ts";
import { docker, dockerExec } from "./docker.ts";

const nodeImage = process.env["SLUICE_TEST_NODE_IMAGE"] ?? "sluice-test/node:24";
const app = fileURLToPath(new URL("app.mjs", import.meta.url));
const label = "dev.sluice.test=traffic";

export const previewSecret = "preview-secret-for-tests";

export interface Stage extends AsyncDisposable {
  readonly router: TrafficRouter & AsyncDisposable;
  spec(changes?: Partial<DoorSpec>): DoorSpec;
  /** A door's container, without files, not started. */
  createDoor(spec: DoorSpec, options?: DoorOptions): Promise<string>;
  /** Starts a door; gives its name and the port on 127.0.0.1 for each port it listens on. */
  startDoor(spec: DoorSpec, routing: DoorRouting, options?: DoorOptions): Promise<Door>;
  /** Starts the application at the slot's nth address (from 1), and waits for nothing. */
  startApp(slot: Slot, replica?: number): Promise<string>;
}

export interface DoorOptions {
  /** As `NAME=VALUE`. */
  readonly variables?: readonly string[];
  /** Directories of this machine, as `HOST:DOOR`. */
  readonly mounts?: readonly string[];
}

export interface Door {
  readonly name: string;
  readonly ports: Readonly<Record<number, number>>;
  /** The host's port of 8080. */
  readonly port: number;
}

/**
 * Door images to test with; the first is the one that production uses. One that is not there is an error: without it nothing
 * would be said of that HAProxy, and nobody would see it.
 */
export async function doorImages(): Promise<string[]> {
  const wanted = (process.env["SLUICE_DOOR_IMAGES"] ?? "sluice/door:3.0,sluice/door:2.6,sluice/door-caddy:2").split(
    ",",
  );
  for (const image of wanted) {
    await docker("image", "inspect", "-f", "{{.Id}}", image).catch((error: unknown) => {
      throw new Error(`no image ${image}: bin/setup images makes it`, { cause: error });
    });
  }
  return wanted;
}

/** The driver of the doors that an image makes. */
export function createRouter(
  image: string,
  options: { readonly exec: ContainerExec; readonly clock: Clock } = { exec: dockerExec(), clock: systemClock },
): TrafficRouter & AsyncDisposable {
  return isHaproxy(image) ? createHaproxyRouter(options) : createCaddyRouter(options);
}

export const isHaproxy = (image: string): boolean => !image.includes("caddy");

/** What the driver of an image says of itself, before there is a door. */
export const capabilitiesOf = (image: string): RouterCapabilities => createRouter(image).capabilities;

/** A network of its own with fixed addresses: .11, .12 for blue, .21, .22 for green. */
export async function openStage(image: string): Promise<Stage> {
  const id = `traffic-${randomBytes(4).toString("hex")}`;
  const prefix = await createLink(id);
  const containers: string[] = [];
  const kept = new Set<string>();
  const router = createRouter(image);
  const addressOf = (slot: Slot, replica: number) => `${prefix}.${slot === "blue" ? 10 + replica : 20 + replica}`;
  const createDoor = async (spec: DoorSpec, { variables = [], mounts: given = [] }: DoorOptions = {}) => {
    const name = `${id}-door-${containers.length}`;
    containers.push(name);
    const publish = spec.listen.flatMap(({ port }) => ["-p", `127.0.0.1::${port}`]);
    const volumes = router.volumes(spec);
    for (const volume of volumes) await docker("volume", "create", "--label", label, volume.name);
    for (const volume of volumes) kept.add(volume.name);
    const mounted = [...volumes.map((volume) => `${volume.name}:${volume.path}`), ...given];
    const mounts = mounted.flatMap((mount) => ["-v", mount]);
    const environment = variables.flatMap((variable) => ["-e", variable]);
    await docker("create", "--name", name, "--label", label, ...publish, ...mounts, ...environment, image);
    await docker("network", "connect", id, name);
    return name;
  };

  return {
    router,
    spec: (changes) => ({
      stack: id,
      service: "web",
      protocol: "http",
      listen: [{ port: 8080, target: 8080 }],
      servers: {
        blue: [addressOf("blue", 1), addressOf("blue", 2)],
        green: [addressOf("green", 1), addressOf("green", 2)],
      },
      healthPath: "/healthz",
      stickiness: { by: "cookie" },
      proxyProtocol: { in: false, out: false },
      previewSecret,
      drainTimeoutMs: 10_000,
      ...changes,
    }),
    createDoor,
    async startDoor(spec, routing, options) {
      const name = await createDoor(spec, options);
      await dockerExec().putFiles(name, router.files(spec, routing));
      await docker("start", name);
      const ports: Record<number, number> = {};
      for (const { port } of spec.listen) {
        ports[port] = Number((await docker("port", name, `${port}/tcp`)).split(":").at(-1));
      }
      return { name, ports, port: ports[8080] ?? 0 };
    },
    async startApp(slot, replica = 1) {
      const name = `${id}-${slot}-${replica}-${containers.length}`;
      containers.push(name);
      const address = ["--network", id, "--ip", addressOf(slot, replica)];
      const mount = `${app}:/app.mjs:ro`;
      await docker(
        "run",
        "-d",
        "--name",
        name,
        "--label",
        label,
        ...address,
        "-e",
        `SLOT=${slot}`,
        "-v",
        mount,
        nodeImage,
        "node",
        "/app.mjs",
      );
      return name;
    },
    async [Symbol.asyncDispose]() {
      await router[Symbol.asyncDispose]();
      if (containers.length > 0) await docker("rm", "-f", "-v", ...containers);
      await docker("network", "rm", id);
      if (kept.size > 0) await docker("volume", "rm", ...kept);
    },
  };
}

/** Explicit small subnets: the engine's own pools are few. */
async function createLink(name: string): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const [second = 0, third = 0] = randomBytes(2);
    const prefix = `10.${200 + (second % 40)}.${third}`;
    try {
      await docker("network", "create", "--internal", "--label", label, "--subnet", `${prefix}.0/27`, name);
      return prefix;
    } catch (error) {
      if (attempt >= 10 || !/overlap/i.test(String(error))) throw error;
    }
  }
}
