import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { type DoorSpec, doorIpv6Variable, type RequestSample, slots } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, cookieOf } from "./client.ts";
import { docker } from "./docker.ts";
import { capabilitiesOf, type Door, doorImages, isHaproxy, openStage, type Stage } from "./stage.ts";
import { openTcp } from "./websocket.ts";

/** What a request over HTTP/2 without TLS is answered. */
async function headersOf(port: number): Promise<IncomingHttpHeaders> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  try {
    return await new Promise((resolve, reject) => {
      session.on("error", reject);
      const stream = session.request({ ":path": "/" });
      stream.on("response", resolve);
      stream.on("error", reject);
      stream.end();
    });
  } finally {
    session.destroy();
  }
}

describe.each(await doorImages())("on the wire of %s", (image) => {
  const can = capabilitiesOf(image);
  let stage: Stage;
  let door: Door;
  const routing = { stable: "blue", share: 0, salt: 0 } as const;
  beforeAll(async () => {
    stage = await openStage(image);
    [door] = await Promise.all([stage.startDoor(stage.spec(), routing), ...slots.map((slot) => stage.startApp(slot))]);
    for (const slot of slots) await stage.router.waitServers(door.name, slot, 1, 20_000);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const headersSeen = async (port: number, headers: Record<string, string>) => {
    const { body } = await ask(port, "/headers", { headers });
    const raw = JSON.parse(body) as string[];
    const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? ""]] : []));
    return (name: string) => pairs.filter(([key]) => key === name).map(([, value]) => value);
  };

  test("the client's address, scheme and host reach the application", async () => {
    const seen = await headersSeen(door.port, { host: "shop.example:8443" });
    expect(seen("host")).toEqual(["shop.example:8443"]);
    expect(seen("x-forwarded-host")).toEqual(["shop.example:8443"]);
    expect(seen("x-forwarded-proto")).toEqual(["http"]);
    expect(seen("x-forwarded-for")).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/)]);
  });

  test("what an edge in front said is kept, and its address appended on the same line", async () => {
    const seen = await headersSeen(door.port, {
      "x-forwarded-for": "203.0.113.7, 198.51.100.2",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "shop.example",
      "x-forwarded-port": "443",
    });
    expect(seen("x-forwarded-for")).toEqual([
      expect.stringMatching(/^203\.0\.113\.7, 198\.51\.100\.2, \d+\.\d+\.\d+\.\d+$/),
    ]);
    expect([seen("x-forwarded-proto"), seen("x-forwarded-host"), seen("x-forwarded-port")]).toEqual([
      ["https"],
      ["shop.example"],
      ["443"],
    ]);
  });

  test("requests and answers with long headers pass, up to the door's own limit", async () => {
    const echoed = async (length: number) => {
      const { status, headers } = await ask(door.port, "/echo", { headers: { "x-long": "x".repeat(length) } });
      return { status, length: String(headers["x-echo"]).length };
    };
    expect(await echoed(40_000)).toEqual({ status: 200, length: 40_000 });
    expect(await echoed(60_000)).toEqual({ status: 200, length: 60_000 });
  });

  test.skipIf(!can.http2WithoutTls)("clients that begin with HTTP/2 are served", async () => {
    expect(await headersOf(door.port)).toMatchObject({ ":status": 200 });
  });

  test.skipIf(!isHaproxy(image))(
    "over IPv6, where a network has it, users are served and their address is passed on, also after a reload",
    async () => {
      const spec = stage.spec();
      const { name } = await stage.startDoor(spec, routing, { variables: [`${doorIpv6Variable}=1`] });
      await stage.router.waitServers(name, "blue", 1, 20_000);
      const asked =
        'printf "GET /headers HTTP/1.1\\r\\nHost: door\\r\\nConnection: close\\r\\n\\r\\n" | socat -t 5 - "TCP6:[::1]:8080"';
      const answer = () => docker("exec", name, "sh", "-c", asked);
      expect(await answer()).toContain('"::1"');
      await stage.router.reconfigure(name, { ...spec, drainTimeoutMs: 9_000 });
      await stage.router.waitServers(name, "blue", 1, 20_000);
      expect(await answer()).toContain('"::1"');
    },
  );

  test("all doors of a stack put a user into the same bucket", async () => {
    const other = await stage.startDoor(stage.spec({ stickiness: { by: "cookie", domain: "shop.example" } }), routing);
    await stage.router.waitServers(other.name, "green", 1, 20_000);
    const share = { stable: "blue", share: 50, salt: 17 } as const;
    for (const { name } of [door, other]) await stage.router.setRouting(name, share);
    for (let user = 0; user < 20; user += 1) {
      const first = await ask(other.port);
      expect(first.headers["set-cookie"]?.[0]).toContain("; Domain=shop.example;");
      const second = await ask(door.port, "/", { headers: { cookie: cookieOf(first) } });
      expect(second.slot).toBe(first.slot);
    }
    await stage.router.setRouting(door.name, routing);
  });

  test("stickiness by a header, by address, or none", async () => {
    const share = { stable: "blue", share: 50, salt: 0 } as const;
    const slotsSeen = async (port: number, headers: (index: number) => Record<string, string>) => {
      const answers = await Promise.all(
        Array.from({ length: 24 }, (_, index) => ask(port, "/", { headers: headers(index) })),
      );
      for (const answer of answers) expect(answer.headers["set-cookie"]).toBeUndefined();
      return new Set(answers.map(({ slot }) => slot)).size;
    };
    const start = async (stickiness: DoorSpec["stickiness"]) => {
      const started = await stage.startDoor(stage.spec({ stickiness }), share);
      for (const slot of slots) await stage.router.waitServers(started.name, slot, 1, 20_000);
      return started;
    };
    const [byHeader, byAddress, byNone] = await Promise.all([
      start({ by: "header", name: "Authorization" }),
      start({ by: "ip" }),
      start({ by: "none" }),
    ]);
    expect(await slotsSeen(byHeader.port, () => ({ authorization: "Bearer one" }))).toBe(1);
    expect(await slotsSeen(byHeader.port, (index) => ({ authorization: `Bearer ${index}` }))).toBe(2);
    expect(await slotsSeen(byHeader.port, () => ({}))).toBe(1);
    expect(await slotsSeen(byAddress.port, () => ({}))).toBe(1);
    expect(await slotsSeen(byAddress.port, (index) => ({ "x-forwarded-for": `203.0.113.${index}` }))).toBe(2);
    expect(await slotsSeen(byNone.port, () => ({}))).toBe(2);
  });

  test("with the PROXY protocol from the edge, the client's own address is passed on", async () => {
    const spec = stage.spec({ proxyProtocol: { in: true, out: false } });
    const behind = await stage.startDoor(spec, routing);
    await stage.router.waitServers(behind.name, "blue", 1, 20_000);
    const answer = (header: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(behind.port, "127.0.0.1");
        let text = "";
        socket.on("data", (data) => {
          text += data.toString();
        });
        socket.on("close", () => resolve(text));
        socket.write(`${header}\r\nGET /headers HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n`);
      });
    expect(await answer("PROXY TCP4 203.0.113.9 192.0.2.1 50000 80")).toContain('"203.0.113.9"');
    // As checks ask, which come from no client.
    expect(await answer("PROXY UNKNOWN")).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("an application that answers to its own name alone is asked by that name whether it is up", async () => {
    const own = stage.spec({ healthPath: "/own-name" });
    const [known, stranger] = await Promise.all(
      [{ ...own, healthHost: "shop.test" }, own].map((spec) => stage.startDoor(spec, routing)),
    );
    const well = (door: Door | undefined, ms: number) =>
      stage.router.waitServers(door?.name ?? "", "blue", 1, ms, undefined, "healthy");
    await well(known, 20_000);
    const refused = well(stranger, 5_000);
    await expect(refused).rejects.toMatchObject({ code: "NOT_READY", message: expect.stringContaining("400") });
  });

  test.skipIf(!can.tcp)("a TCP door splits new connections, keeps old ones, and counts and drains both", async () => {
    const tcp = stage.spec({
      protocol: "tcp",
      listen: [{ port: 7000, target: 7000 }],
      healthPath: null,
      stickiness: { by: "none" },
    });
    const { name, ports } = await stage.startDoor(tcp, { stable: null, share: 0, salt: 0 });
    const port = ports[7000] ?? 0;
    for (const slot of slots) await stage.router.waitServers(name, slot, 1, 20_000);
    expect((await openTcp(port)).isOpen()).toBe(false);

    await stage.router.setRouting(name, { stable: "green", share: 0, salt: 0 });
    const first = await openTcp(port);
    expect(first.slot).toBe("green");
    await stage.router.setRouting(name, { stable: "green", share: 50, salt: 0 });
    const talks = await Promise.all(Array.from({ length: 24 }, () => openTcp(port)));
    expect(new Set(talks.map(({ slot }) => slot)).size).toBe(2);
    await stage.router.setRouting(name, { stable: "green", share: 100, salt: 0 });
    expect((await openTcp(port)).slot).toBe("blue");
    expect(await first.say("kept")).toBe("kept");

    const { green } = (await stage.router.traffic(name)).slots;
    expect(green.active).toBe(talks.filter(({ slot }) => slot === "green").length + 1);
    expect(await stage.router.drain(name, "green", 200)).toEqual({ closed: green.active });
    await expect.poll(() => first.isOpen(), { timeout: 5_000 }).toBe(false);
    for (const talk of talks.filter(({ slot }) => slot === "blue")) expect(await talk.say("kept")).toBe("kept");
    for (const talk of talks) talk.socket.destroy();
  });

  test.skipIf(!can.tcp)("a door with ports of both kinds splits, counts and drains users of both", async () => {
    const both = stage.spec({
      listen: [
        { port: 7000, target: 7000, protocol: "tcp" },
        { port: 7200, target: 7200, protocol: "h2" },
        { port: 8080, target: 8080 },
      ],
      healthPort: 8080,
      stickiness: { by: "none" },
    });
    const { name, ports, port } = await stage.startDoor(both, { stable: "green", share: 0, salt: 0 });
    for (const slot of slots) await stage.router.waitServers(name, slot, 1, 20_000);
    const stop = new AbortController();
    const seen: RequestSample[] = [];
    const following = (async () => {
      for await (const sample of stage.router.samples(name, stop.signal)) seen.push(sample);
    })();

    // Requests are seen from when they are followed on.
    await expect.poll(() => ask(port, "/").then(() => seen.length), { timeout: 10_000 }).toBeGreaterThan(0);
    const usersOf = async () => {
      const { blue, green } = (await stage.router.traffic(name)).slots;
      return { requests: blue.requests + green.requests, http2xx: blue.http2xx + green.http2xx };
    };
    const before = await usersOf();

    const first = await openTcp(ports[7000] ?? 0);
    expect([first.slot, (await ask(port, "/")).body]).toEqual(["green", "green"]);
    expect(await headersOf(ports[7200] ?? 0)).toMatchObject({ ":status": 200, "x-slot": "green" });

    await stage.router.setRouting(name, { stable: "green", share: 50, salt: 0 });
    const talks = await Promise.all(Array.from({ length: 24 }, () => openTcp(ports[7000] ?? 0)));
    const answers = await Promise.all(Array.from({ length: 24 }, () => ask(port, "/")));
    // A connection on which a client says nothing is in no log.
    for (const talk of [first, ...talks]) expect(await talk.say("hello")).toBe("hello");
    expect(new Set(talks.map(({ slot }) => slot)).size).toBe(2);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(2);

    await stage.router.setRouting(name, { stable: "green", share: 100, salt: 0 });
    const after = await usersOf();
    expect(after.requests - before.requests).toBe(25 + 25 + 1);
    expect(after.http2xx - before.http2xx).toBe(25 + 1);
    const { green } = (await stage.router.traffic(name)).slots;
    const open = talks.filter(({ slot }) => slot === "green").length + 1;
    expect(green).toMatchObject({ active: open, serversUp: 1, http5xx: 0, responseErrors: 0 });
    expect(await stage.router.drain(name, "green", 200)).toEqual({ closed: open });
    for (const talk of talks.filter(({ slot }) => slot === "blue")) expect(await talk.say("kept")).toBe("kept");

    for (const talk of talks) talk.socket.destroy();
    await expect.poll(() => seen.filter(({ method }) => method === "TCP").length, { timeout: 10_000 }).toBe(25);
    stop.abort();
    await following;
    const kinds = seen.map(({ method, status }) => `${method} ${status}`);
    expect([...new Set(kinds)].toSorted()).toEqual(["GET 200", "TCP 0"]);
  });

  test("ports that speak HTTP/1 and HTTP/2 are both reached as they are", async () => {
    const both = stage.spec({
      listen: [
        { port: 7200, target: 7200, protocol: "h2" },
        { port: 8080, target: 8080 },
      ],
      healthPort: 8080,
    });
    const { name, ports, port } = await stage.startDoor(both, routing);
    await stage.router.waitServers(name, "blue", 1, 20_000);
    // Servers may be up before the door itself listens.
    await expect.poll(() => ask(port, "/").then(({ body }) => body, String), { timeout: 10_000 }).toBe("blue");
    expect(await headersOf(ports[7200] ?? 0)).toMatchObject({ ":status": 200, "x-slot": "blue" });
  });

  test.skipIf(!can.tcp)("a TCP door passes the client's address by the PROXY protocol when asked to", async () => {
    const tcp = stage.spec({
      protocol: "tcp",
      listen: [{ port: 7000, target: 7000 }],
      healthPath: null,
      proxyProtocol: { in: true, out: true },
    });
    const { name, ports } = await stage.startDoor(tcp, routing);
    await stage.router.waitServers(name, "blue", 1, 20_000);
    const greeting = "PROXY TCP4 203.0.113.9 192.0.2.1 50000 80\r\n";
    const talk = await openTcp(ports[7000] ?? 0, greeting);
    // The application echoes what it gets: a header of version 2, in binary, with the client's address.
    const echoed = talk.heard + (await talk.say("x".repeat(28)));
    expect(echoed).toContain("\r\n\r\n\0\r\nQUIT\n");
    expect(echoed).toContain("\xcb\x00\x71\x09");
    talk.socket.destroy();
  });
});
