import { connect } from "node:net";
import { slots, type TesterAddresses } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isTesterFrom } from "../src/door/client-address.ts";
import { ask } from "./client.ts";
import { docker } from "./docker.ts";
import { capabilitiesOf, type Door, doorImages, openStage, type Stage } from "./stage.ts";

const open = { stable: "blue", share: 0, salt: 0, testers: true } as const;
const from: TesterAddresses = {
  addresses: ["203.0.113.0/24", "198.51.100.7", "2001:db8:7::/48", "::ffff:198.51.100.128/121"],
  proxies: ["10.0.0.0/8", "2001:db8:ffff::/48", "192.0.2.5"],
};

/** Asks as whoever the PROXY protocol says, and gives the slot that answers. */
function askAs(port: number, client: string, forwarded?: string): Promise<string | undefined> {
  const [family, self] = client.includes(":") ? ["TCP6", "2001:db8::1"] : ["TCP4", "192.0.2.1"];
  const header = forwarded === undefined ? "" : `X-Forwarded-For: ${forwarded}\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(/^x-slot: (\w+)/im.exec(text)?.[1]));
    socket.write(`PROXY ${family} ${client} ${self} 50000 8080\r\n`);
    socket.write(`GET / HTTP/1.1\r\nHost: door\r\n${header}Connection: close\r\n\r\n`);
  });
}

describe.each(await doorImages())("testers known by address at %s", (image) => {
  const can = capabilitiesOf(image);
  let stage: Stage;
  let behindProxies: Door;
  let direct: Door;

  beforeAll(async () => {
    stage = await openStage(image);
    const spec = stage.spec({ replicas: 1 });
    const gateway = await docker("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", "bridge");
    await Promise.all(slots.map((slot) => stage.startApp(slot)));
    const throughProxies = { ...spec, testers: { from }, proxyProtocol: { in: true, out: false } };
    if (can.testersBehindProxies) behindProxies = await stage.startDoor(throughProxies, open);
    const here = {
      token: { by: "header", name: "x-release", value: "next-1234" },
      from: { addresses: [gateway] },
    } as const;
    direct = await stage.startDoor({ ...spec, testers: here }, open);
    for (const { name } of can.testersBehindProxies ? [behindProxies, direct] : [direct]) {
      for (const slot of slots) await stage.router.waitServers(name, slot, 1, 20_000);
    }
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test.skipIf(!can.testersBehindProxies).each<[string, string, string?]>([
    ["green", "203.0.113.200"],
    ["blue", "203.0.114.1"],
    ["green", "198.51.100.7"],
    ["blue", "198.51.100.8"],
    ["green", "198.51.100.130"],
    ["green", "2001:db8:7:1::9"],
    ["blue", "2001:db8:8::9"],
    // What a client says of itself.
    ["blue", "203.0.114.1", "203.0.113.7"],
    ["green", "203.0.113.7", "203.0.114.1"],
    // What proxies say.
    ["green", "10.1.2.3", "203.0.113.7"],
    ["green", "10.1.2.3", "2001:db8:7::1"],
    ["green", "10.1.2.3", "::ffff:203.0.113.7"],
    ["green", "2001:db8:ffff::1", "203.0.113.7"],
    ["blue", "10.1.2.3"],
    ["blue", "10.1.2.3", "203.0.113.7, 203.0.114.1"],
    ["blue", "10.1.2.3", "203.0.113.7, unknown"],
    ["blue", "10.1.2.3", "203.0.113.7, unknown, 192.0.2.5"],
    ["blue", "10.1.2.3", "203.0.113.7, "],
    ["green", "10.1.2.3", "203.0.114.1, 203.0.113.7"],
    ["green", "10.1.2.3", "203.0.113.7, 192.0.2.5"],
    ["green", "10.1.2.3", "203.0.113.7, 10.0.0.2, 10.0.0.1, 192.0.2.5"],
    ["blue", "10.1.2.3", "203.0.113.7, 10.0.0.3, 10.0.0.2, 10.0.0.1, 192.0.2.5"],
  ])("%s answers %s, forwarded for %s", async (slot, client, forwarded) => {
    expect(await askAs(behindProxies.port, client, forwarded)).toBe(slot);
    expect(isTesterFrom(from, client, forwarded?.split(", "))).toBe(slot === "green");
  });

  test("who connects from there is one while the candidate is open to testers, and is not counted as a user", async () => {
    const counted = async () => (await stage.router.traffic(direct.name)).slots.green.requests;
    const before = await counted();
    const answer = await ask(direct.port, "/cookie");
    expect([answer.slot, answer.headers["set-cookie"]]).toEqual(["green", ["session=1; Path=/"]]);
    expect((await ask(direct.port, "/", { headers: { "x-forwarded-for": "192.0.2.1" } })).slot).toBe("green");
    expect(await counted()).toBe(before);
    await stage.router.setRouting(direct.name, { ...open, testers: false });
    expect((await ask(direct.port)).slot).toBe("blue");
  });
});
