// What a careful person's deployment script does, with the JSON of ByHandSettings as its argument, in the checkout.
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { ByHandSettings } from "./by-hand.ts";
import { askSocket, serversOf } from "./haproxy-socket.ts";

const execute = promisify(execFile);
const { stack, socket, drainMs } = JSON.parse(process.argv[2] ?? "{}") as ByHandSettings;
const docker = async (...args: string[]) => (await execute("docker", args)).stdout.trim();

await docker("compose", "build");
await docker("compose", "run", "--rm", "--no-deps", "migrate");

const previous = (await serversOf(socket, "web")).find(
  ({ status }) => status.startsWith("UP") || status === "no check",
);
const next = previous?.name === "blue" ? "green" : "blue";
const container = (colour: string) => `${stack}-web-${colour}`;
await docker("rm", "-f", container(next));
const network = ["--name", container(next), "--network", `${stack}_default`, "--restart", "unless-stopped"];
const database = ["-e", "DATABASE_URL=postgres://shop:shop-password@db:5432/shop"];
const health = ["--health-cmd", "node src/healthcheck.mjs", "--health-interval", "2s", "--health-timeout", "2s"];
await docker("run", "-d", ...network, ...database, ...health, `${stack}-web`);
const addresses = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
const address = await docker("inspect", "--format", addresses, container(next));
await untilHealthy(`http://${address}:8080/healthz`);

await askSocket(socket, `set server web/${next} addr ${address} port 8080; set server web/${next} state ready`);
if (previous) {
  await askSocket(socket, `set server web/${previous.name} state drain`);
  await untilDrained(previous.name);
  await docker("stop", "-t", "15", container(previous.name));
  await docker("rm", container(previous.name));
}
await docker("compose", "up", "-d", "--no-deps", "worker");

async function untilHealthy(url: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    if (answer?.ok) return;
    if (performance.now() > deadline) throw new Error(`${url} is not healthy after 60 s`);
    await sleep(50);
  }
}

async function untilDrained(server: string): Promise<void> {
  const deadline = performance.now() + drainMs;
  while (performance.now() < deadline) {
    const row = (await serversOf(socket, "web")).find(({ name }) => name === server);
    if (row?.sessions === 0) return;
    await sleep(100);
  }
}
