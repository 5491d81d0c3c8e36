import http from "node:http";
import https from "node:https";
import { type ForwardProxy, type SelfSigned, selfSigned, startForwardProxy } from "@sluice/testing";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { post } from "../src/deliver/post.ts";
import { cut, httpServer, httpsServer, says } from "./http-server.ts";

const name = "chat.test";
let certificate: SelfSigned;
let proxy: ForwardProxy;
let restore: () => void;
beforeAll(async () => {
  certificate = await selfSigned(name);
});
beforeEach(async () => {
  proxy = await startForwardProxy();
  restore = http.setGlobalProxyFromEnv({
    https_proxy: proxy.url,
    http_proxy: proxy.url,
    no_proxy: "near.test,127.0.0.1",
  });
  https.globalAgent.options.ca = certificate.cert;
});
afterEach(async () => {
  restore();
  await proxy[Symbol.asyncDispose]();
});

const to = (url: string, host = name) =>
  post({ url: url.replace("127.0.0.1", host), headers: {}, body: "news" }, AbortSignal.timeout(5_000));

describe("behind a company's proxy", () => {
  it.each(["https", "http"])("a message by %s goes through it", async (scheme) => {
    await using server = scheme === "http" ? await httpServer(says(200)) : await httpsServer(certificate, says(200));
    expect(await to(server.url)).toMatchObject({ answer: { status: 200 } });
    expect(server.received).toMatchObject([{ body: "news" }]);
    const { port } = new URL(server.url);
    expect(proxy.asked).toEqual([scheme === "http" ? `POST http://${name}:${port}/` : `CONNECT ${name}:${port}`]);
  });

  it("goes around it to what it is not for", async () => {
    await using server = await httpServer(says(200));
    expect(await to(server.url, "127.0.0.1")).toMatchObject({ answer: { status: 200 } });
    expect(await to(server.url, "near.test")).toEqual({ failure: "has no address", sent: false });
    expect(proxy.asked).toEqual([]);
  });

  it("has perhaps arrived where the server cuts the connection", async () => {
    await using server = await httpsServer(certificate, cut);
    expect(await to(server.url)).toEqual({ failure: "cuts the connection", sent: true });
  });

  it("has not left where the proxy leads nobody there", async () => {
    await using server = await httpsServer(certificate, says(200));
    proxy.refuses = true;
    expect(await to(server.url)).toEqual({ failure: "is not reached through the proxy", sent: false });
    expect(server.received).toEqual([]);
  });
});
