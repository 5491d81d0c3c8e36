import { connect as connectHttp2 } from "node:http2";
import { Agent, request } from "node:https";
import type { TLSSocket } from "node:tls";
import { type DoorSpec, slots } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "./client.ts";
import { docker } from "./docker.ts";
import { capabilitiesOf, type Door, doorImages, openStage, type Stage } from "./stage.ts";

const servername = "shop.example";
const images = (await doorImages()).filter((image) => capabilitiesOf(image).automaticHttps);

// No authority of the internet reaches these doors: they have one of their own.
describe.each(images)("HTTPS that ends at %s", (image) => {
  let stage: Stage;
  let door: Door;
  let spec: DoorSpec;
  beforeAll(async () => {
    stage = await openStage(image);
    spec = stage.spec({
      replicas: 1,
      listen: [
        { port: 8080, target: 8080 },
        { port: 8443, target: 8080 },
      ],
      https: { hosts: [servername], port: 8443, issuer: "internal" },
    });
    const routing = { stable: "blue", share: 0, salt: 0 } as const;
    [door] = await Promise.all([stage.startDoor(spec, routing), ...slots.map((slot) => stage.startApp(slot))]);
    for (const slot of slots) await stage.router.waitServers(door.name, slot, 1, 20_000);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const secureAsk = (port: number, path = "/") =>
    new Promise<{ slot: unknown; body: string; names: string | undefined; serial: string }>((resolve, reject) => {
      const agent = new Agent({ rejectUnauthorized: false });
      const outgoing = request({ host: "127.0.0.1", port, path, servername, agent }, (incoming) => {
        const { subjectaltname: names, serialNumber: serial } = (incoming.socket as TLSSocket).getPeerCertificate();
        let body = "";
        incoming.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        incoming.on("end", () => resolve({ slot: incoming.headers["x-slot"], body, names, serial }));
      });
      outgoing.on("error", reject);
      outgoing.end();
    });

  test("has a certificate for its names, and leads where the routing says, as the port without TLS does", async () => {
    await expect
      .poll(() => secureAsk(door.ports[8443] ?? 0).catch(() => null), { timeout: 20_000 })
      .toMatchObject({ slot: "blue", names: `DNS:${servername}` });
    await stage.router.setRouting(door.name, { stable: "blue", share: 100, salt: 0 });
    expect([(await secureAsk(door.ports[8443] ?? 0)).slot, (await ask(door.port)).slot]).toEqual(["green", "green"]);
    await stage.router.setRouting(door.name, { stable: "blue", share: 0, salt: 0 });
  });

  test("tells the application that its users came by it", async () => {
    const { body } = await secureAsk(door.ports[8443] ?? 0, "/headers");
    const raw = JSON.parse(body) as string[];
    expect(raw[raw.findIndex((name) => name.toLowerCase() === "x-forwarded-proto") + 1]).toBe("https");
  });

  test("speaks HTTP/2", async () => {
    const session = connectHttp2(`https://127.0.0.1:${door.ports[8443]}`, { servername, rejectUnauthorized: false });
    const status = await new Promise((resolve, reject) => {
      session.on("error", reject);
      const stream = session.request({ ":path": "/" });
      stream.on("response", (headers) => resolve(headers[":status"]));
      stream.on("error", reject);
      stream.end();
    });
    session.destroy();
    expect(status).toBe(200);
  });

  test("keeps its certificate when another door takes its place", async () => {
    const before = (await secureAsk(door.ports[8443] ?? 0)).serial;
    await docker("rm", "-f", door.name);
    const next = await stage.startDoor(spec, { stable: "green", share: 0, salt: 0 });
    await expect
      .poll(() => secureAsk(next.ports[8443] ?? 0).catch(() => null), { timeout: 20_000 })
      .toMatchObject({ slot: "green", serial: before });
  });
});
