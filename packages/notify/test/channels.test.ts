import { createHmac } from "node:crypto";
import { createServer } from "node:net";
import { defaultConfig, parseConfig } from "@sluice/core";
import { describe, expect, it } from "vitest";
import type { Attempt } from "../src/channels/answer.ts";
import { createChannel } from "../src/channels/channel.ts";
import { toMessage } from "../src/message/message.ts";
import { aNotification } from "../src/testing/a-notification.ts";
import { type Answer, cut, cutAnswer, httpServer, says, silent, trickle } from "./http-server.ts";

const token = "T0KEN-that-nobody-may-see";
const notification = aNotification();
const content = { notification, message: toMessage(notification), at: new Date("2026-05-01T10:00:00Z"), reached: [] };

function channelOf(kind: string, settings: object) {
  const config = parseConfig(JSON.stringify({ notify: { channels: { team: { [kind]: settings } } } }), "sluice.yaml");
  const { team } = { ...defaultConfig().notify.channels, ...config.notify.channels };
  if (!team) throw new Error("no channel");
  return createChannel("team", team);
}

async function attempt(url: string, withinMs = 5_000, kind = "slack", more: object = {}): Promise<Attempt> {
  const channel = channelOf(kind, { url: `${url}/hooks/${token}`, ...more });
  expect(channel.place).not.toContain(token);
  return channel.send(content, AbortSignal.timeout(withinMs));
}

describe("a real server", () => {
  it("that takes it has it as it was sent", async () => {
    await using server = await httpServer(says(200, "ok"));
    expect(await attempt(server.url)).toEqual({ result: "delivered" });
    expect(server.received).toHaveLength(1);
    const [{ path, headers, body } = { path: "", headers: {}, body: "" }] = server.received;
    expect(path).toBe(`/hooks/${token}`);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(JSON.parse(body)).toMatchObject({ text: "✅ shop: v2 is live" });
  });

  const cases: readonly (readonly [string, Answer, Attempt["result"], RegExp])[] = [
    ["fails", says(500, "oops"), "retry", /^answers 500: oops$/],
    ["is busy", says(429, "", { "retry-after": "30" }), "retry", /^answers 429$/],
    ["does not know the address", says(404, "no_service"), "refused", /^answers 404: no_service$/],
    ["leads elsewhere", says(302, "", { location: "http://127.0.0.1:1/" }), "refused", /^answers 302$/],
    ["never answers", silent, "uncertain", /^no answer in time$/],
    ["cuts the connection", cut, "uncertain", /^cuts the connection$/],
    ["cuts its answer", cutAnswer, "uncertain", /^cuts the connection$/],
    ["never ends its answer", trickle, "uncertain", /^no answer in time$/],
    [
      "repeats what it was asked",
      (response, { path }) => response.writeHead(400).end(`bad ${path} at http://127.0.0.1${path}`),
      "refused",
      /^answers 400: bad \/hooks\/\[redacted\] at http:/,
    ],
  ];
  it.each(cases)("that %s", async (_title, answer, result, reason) => {
    await using server = await httpServer(answer);
    const got = await attempt(server.url, 400);
    expect(got.result).toBe(result);
    if (got.result === "delivered") throw new Error("delivered");
    expect(got.reason).toMatch(reason);
    expect(JSON.stringify(got)).not.toContain(token);
  });

  it("that repeats the login of its address is not repeated", async () => {
    await using server = await httpServer((response, { headers }) =>
      response.writeHead(400).end(`bad ${headers.authorization}, deployer:p@ss w0rd, p%40ss%20w0rd, p@ss w0rd`),
    );
    const url = `${server.url.replace("//", "//deployer:p%40ss%20w0rd@")}/hook`;
    expect(await channelOf("slack", { url }).send(content, AbortSignal.timeout(5_000))).toMatchObject({
      reason: "answers 400: bad Basic [redacted], [redacted], [redacted], [redacted]",
    });
  });

  it("that is busy says for how long", async () => {
    await using server = await httpServer(says(429, "", { "retry-after": "30" }));
    expect(await attempt(server.url)).toMatchObject({ afterMs: 30_000 });
  });

  it("that answers with a flood is read no further than needed", async () => {
    await using server = await httpServer((response) => {
      response.writeHead(200);
      const flood = () => {
        while (response.write("x".repeat(65_536)));
        response.once("drain", flood);
      };
      flood();
    });
    expect(await attempt(server.url)).toEqual({ result: "delivered" });
  });

  it("that is not there was not told anything", async () => {
    const { url } = await httpServerThatIsGone();
    expect(await attempt(url)).toEqual({ result: "retry", reason: "refuses connections" });
  });

  it("that takes no connection in time was not told anything, behind TLS too", async () => {
    const held = createServer(() => {});
    await new Promise<void>((resolve) => held.listen(0, "127.0.0.1", resolve));
    const { port } = held.address() as { port: number };
    // Connected, but the handshake of TLS never ends.
    expect(await attempt(`https://127.0.0.1:${port}`, 300)).toEqual({ result: "retry", reason: "no answer in time" });
    held.close();
  });
});

describe("each kind of channel", () => {
  it("feishu: is delivered by its code, not by its status", async () => {
    await using server = await httpServer(says(200, '{"code":19021,"msg":"sign match fail"}'), says(200, '{"code":0}'));
    expect(await attempt(server.url, 5_000, "feishu", { secret: "s3cret-of-feishu" })).toMatchObject({
      result: "refused",
      reason: expect.stringContaining("19021"),
    });
    expect(await attempt(server.url, 5_000, "feishu", { secret: "s3cret-of-feishu" })).toEqual({ result: "delivered" });
    expect(JSON.parse(server.received[0]?.body ?? "")).toHaveProperty("sign");
    expect(server.received[0]?.body).not.toContain("s3cret-of-feishu");
  });

  it("dingtalk: is signed in its address", async () => {
    await using server = await httpServer(says(200, '{"errcode":0}'));
    expect(await attempt(server.url, 5_000, "dingtalk", { secret: "SECdingtalk" })).toEqual({ result: "delivered" });
    const query = new URL(server.received[0]?.path ?? "", server.url).searchParams;
    expect(query.get("sign")).toBe(
      createHmac("sha256", "SECdingtalk").update("1777629600000\nSECdingtalk").digest("base64"),
    );
  });

  it("wecom and teams: are delivered by their own words", async () => {
    await using wecom = await httpServer(says(200, '{"errcode":45009,"errmsg":"api freq out of limit"}'));
    expect(await attempt(wecom.url, 5_000, "wecom")).toMatchObject({ result: "retry", afterMs: 60_000 });
    await using teams = await httpServer(says(202));
    expect(await attempt(teams.url, 5_000, "teams")).toEqual({ result: "delivered" });
  });

  it("webhook: a receiver can verify it", async () => {
    await using server = await httpServer(says(204));
    const secret = `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`;
    expect(await attempt(server.url, 5_000, "webhook", { secret })).toEqual({ result: "delivered" });
    const { headers = {}, body = "" } = server.received[0] ?? {};
    const signed = [headers["webhook-id"], headers["webhook-timestamp"], body].join(".");
    const expected = createHmac("sha256", "0123456789abcdef01234567").update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${expected}`);
  });

  it("an address that is none is a mistake in the configuration, and is not named", () => {
    const bad = { on: ["live" as const], slack: { url: `${token} not an address` } };
    expect(() => createChannel("team", bad)).toThrow("notify.channels.team is not an http or https address");
    expect(() => createChannel("team", bad)).not.toThrow(token);
  });
});

async function httpServerThatIsGone() {
  const server = await httpServer(says(200));
  await server[Symbol.asyncDispose]();
  return server;
}
