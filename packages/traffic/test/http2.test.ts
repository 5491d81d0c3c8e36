import { type ClientHttp2Session, connect } from "node:http2";
import { slots } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "./client.ts";
import { type Door, doorImages, openStage, previewSecret, type Stage } from "./stage.ts";

const leadTo = { blue: { stable: "blue", share: 0, salt: 0 }, green: { stable: "green", share: 0, salt: 0 } } as const;

describe.each(await doorImages())("an application that speaks only HTTP/2, as gRPC does, behind %s", (image) => {
  let stage: Stage;
  let door: Door;
  let session: ClientHttp2Session;
  beforeAll(async () => {
    stage = await openStage(image);
    const spec = stage.spec({ protocol: "h2", listen: [{ port: 7200, target: 7200 }], healthPath: "/health" });
    [door] = await Promise.all([stage.startDoor(spec, leadTo.blue), ...slots.map((slot) => stage.startApp(slot))]);
    for (const slot of slots) await stage.router.waitServers(door.name, slot, 1, 20_000);
    session = connect(`http://127.0.0.1:${door.ports[7200]}`);
  });
  afterAll(async () => {
    session.destroy();
    await stage[Symbol.asyncDispose]();
  });

  /** A call that stays open: messages go both ways until it is ended. */
  const call = async () => {
    const stream = session.request({ ":method": "POST", ":path": "/shop.Orders/Watch", te: "trailers" });
    const answered = new Promise<string>((resolve, reject) => {
      stream.once("response", (headers) => resolve(String(headers["x-slot"])));
      stream.once("error", reject);
    });
    const trailers = new Promise<unknown>((resolve) => {
      stream.once("trailers", (received) => resolve(received["grpc-status"]));
    });
    stream.write("hello");
    const slot = await answered;
    return {
      slot,
      async say(text: string) {
        const heard = new Promise<string>((resolve) => {
          stream.once("data", (data: Buffer) => resolve(data.toString()));
        });
        stream.write(text);
        return heard;
      },
      async end() {
        stream.resume();
        stream.end();
        return trailers;
      },
    };
  };

  test("gets messages both ways while a call is open, and its trailers reach the client", async () => {
    const open = await call();
    expect(open.slot).toBe("blue");
    expect(await open.say("")).toBe("hello");
    expect(await open.say("and again")).toBe("and again");
    expect(await open.end()).toBe("0");
  });

  test("keeps a call that is open at a cutover, and the next one of the same connection goes to the new slot", async () => {
    const open = await call();
    expect(await open.say("")).toBe("hello");
    await stage.router.setRouting(door.name, leadTo.green);
    const next = await call();
    expect([open.slot, next.slot]).toEqual(["blue", "green"]);
    expect(await open.say("still there")).toBe("still there");
    expect([await open.end(), await next.end()]).toEqual(["0", "0"]);
    await stage.router.setRouting(door.name, leadTo.blue);
  });

  test("answers checks, which come by HTTP/1 through the preview", async () => {
    const headers = { "x-sluice-preview": previewSecret, "x-sluice-slot": "green" };
    const { status, slot } = await ask(door.ports[7200] ?? 0, "/", { headers });
    expect([status, slot]).toEqual([200, "green"]);
  });

  test("is counted by requests", async () => {
    const before = (await stage.router.traffic(door.name)).slots.blue;
    for (let index = 0; index < 3; index += 1) expect(await (await call()).end()).toBe("0");
    const after = (await stage.router.traffic(door.name)).slots.blue;
    expect(after.http2xx - before.http2xx).toBe(3);
  });
});
