import { createServer } from "node:net";
import { type ComposeModel, type DoorRequest, type DoorRouting, type DoorSpec, SluiceError } from "@sluice/core";
import { createContainerExec } from "../../src/exec/container-exec.ts";
import { engine } from "./engine.ts";

export const doorImage = "sluice/door:3.0";
const closed: DoorRouting = { stable: null, share: 0, salt: 0 };
const containerExec = createContainerExec(engine);

/** A door that answers every request with a text, in place of one that leads somewhere. */
export function aDoorRequest(
  model: ComposeModel,
  service: string,
  answer: string,
  {
    servers = { blue: [], green: [] },
    config = configOf(answer),
  }: { servers?: DoorSpec["servers"]; config?: string } = {},
): DoorRequest {
  const spec: DoorSpec = {
    stack: model.name,
    service,
    protocol: "http",
    listen: [{ port: 80, target: 80 }],
    servers,
    healthPath: `/${answer}`,
    stickiness: { by: "none" },
    proxyProtocol: { in: false, out: false },
    previewSecret: "preview-secret",
    drainTimeoutMs: 2_000,
  };
  const files = [{ path: "/etc/haproxy/haproxy.cfg", content: config }];
  return { spec, files, routing: closed, image: doorImage, model, deployment: "d1" };
}

function configOf(answer: string): string {
  return [
    "global",
    "  stats socket /tmp/admin.sock mode 600 level admin",
    "defaults",
    "  mode http",
    "  timeout client 10s",
    "  timeout connect 2s",
    "  timeout server 10s",
    "frontend users",
    "  bind :80",
    `  http-request return status 200 content-type text/plain string "${answer}"`,
    "",
  ].join("\n");
}

/** The door's process answers on its admin socket. */
export async function readRouting(door: string, signal?: AbortSignal): Promise<DoorRouting> {
  const { exitCode } = await containerExec.exec(
    door,
    ["socat", "-u", "OPEN:/dev/null", "UNIX-CONNECT:/tmp/admin.sock"],
    { signal },
  );
  if (exitCode === 0) return closed;
  throw new SluiceError("DOOR_FAILED", "the admin socket is not there", { retryable: true });
}

/** A port of this host that something other than a container listens on. */
export async function holdPort(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return {
    port: address.port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  };
}

export async function freePort(): Promise<number> {
  await using held = await holdPort();
  return held.port;
}

/** Asks over and over, each time on a new connection, until it is told to stop. */
export function askUntilStopped(url: string): {
  stop(): Promise<{ answers: string[]; failed: number; gapMs: number }>;
} {
  const stopping = new AbortController();
  const results: { at: number; answer: string | null }[] = [];
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const answer = await fetch(url, { headers: { connection: "close" }, signal: AbortSignal.timeout(2_000) }).then(
        (response) => response.text(),
        () => null,
      );
      results.push({ at: performance.now(), answer });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
      const good = results.filter(({ answer }) => answer !== null).map(({ at }) => at);
      const gaps = good.slice(1).map((at, index) => at - (good[index] ?? at));
      const answers = results.flatMap(({ answer }) => answer ?? []);
      return { answers, failed: results.length - answers.length, gapMs: Math.round(Math.max(0, ...gaps)) };
    },
  };
}
