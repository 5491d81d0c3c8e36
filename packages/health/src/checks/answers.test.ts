import { createServer as createHttp2Server } from "node:http2";
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type AnswersCheck, SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { describe, expect, it } from "vitest";
import { aContainer, anAnswersCheck, aTarget } from "../../test/checks.ts";
import { createLocalExec } from "../../test/local-exec.ts";
import { listen, serve } from "../../test/servers.ts";
import { createProber } from "../index.ts";

const prober = createProber({ exec: createLocalExec(), clock: systemClock, inspect: async () => aContainer() });

const ask = (port: number, changes: Partial<AnswersCheck> = {}) => {
  const doors = { web: { container: "door", port, previewSecret: null } };
  return prober.probe(anAnswersCheck({ port, ...changes }), aTarget({ doors, addresses: { web: ["127.0.0.1"] } }));
};

/** A server that does something with what it is told first. */
const hearing = (react: (socket: Socket, first: Buffer) => void) =>
  listen(
    createServer((socket) => {
      socket.on("error", () => undefined).once("data", (first) => react(socket, first));
    }),
  );

describe("a service that is taken to speak HTTP/1", () => {
  it.each([200, 302, 400, 404, 405, 426, 500, 503])("answers by whatever it says: %d", async (status) => {
    const seen: unknown[] = [];
    const port = await serve(({ method, url, headers }, response) => {
      seen.push([method, url, headers.host]);
      response.writeHead(status).end();
    });
    expect(await ask(port)).toEqual({
      check: "web answers",
      result: "pass",
      value: `status ${status}`,
      limit: `HTTP/1 at port ${port}`,
      n: 1,
    });
    expect(seen).toEqual([["GET", "/", "localhost"]]);
  });

  it("is listened to until it is clear what it says, and no longer", async () => {
    const port = await hearing((socket) => {
      socket.write("HTTP");
      setTimeout(() => socket.write("/1.1 204 No Content\r\n\r\n"), 20);
    });
    expect(await ask(port)).toMatchObject({ result: "pass", value: "status 204" });
  });

  it("fails where it speaks something else, with what mends it", async () => {
    const port = await hearing((socket) => socket.write("-ERR unknown\u0007 command"));
    expect(await ask(port, { retries: 1 })).toMatchObject({
      result: "fail",
      value: 'no HTTP ("-ERR unknown command")',
      n: 2,
      detail: expect.stringContaining(`services.web.protocol: { ${port}: tcp }`),
    });
  });

  it("fails where it speaks HTTP/2", async () => {
    const port = await listen(createHttp2Server());
    expect(await ask(port)).toMatchObject({
      result: "fail",
      value: "HTTP/2 without TLS",
      detail: expect.stringContaining(`services.web.protocol: { ${port}: h2 }`),
    });
  });

  it("fails where it speaks TLS, whether or not it says to plain requests that they are bad ones", async () => {
    const failed = { result: "fail", value: "TLS", detail: expect.stringContaining(": tcp }") };
    expect(await ask(await listen(createTlsServer()))).toMatchObject(failed);
    const polite = await hearing((socket, first) =>
      socket.end(first[0] === 0x16 ? "\x15\x03\x03\0\x02\x02\x28" : "HTTP/1.0 400 Bad Request\r\n\r\n"),
    );
    expect(await ask(polite)).toMatchObject(failed);
  });

  it("is not known where it closes connections, as for a name that it does not know", async () => {
    const port = await hearing((socket) => socket.end());
    expect(await ask(port)).toMatchObject({
      result: "no-data",
      onNoData: "warn",
      value: "no answer",
      detail: expect.stringContaining("it may be well"),
    });
  });

  it("is not known where it says nothing in time, does not listen, or cannot be asked", async () => {
    const silent = await hearing(() => undefined);
    expect(await ask(silent, { timeoutMs: 100 })).toMatchObject({ result: "no-data", value: "nothing within 100ms" });
    expect(await ask(1)).toMatchObject({ result: "no-data", detail: expect.stringContaining("ECONNREFUSED") });
    expect(await prober.probe(anAnswersCheck(), aTarget())).toMatchObject({
      result: "no-data",
      value: "no way there",
    });
    const engine = () => Promise.reject(new SluiceError("EXEC_FAILED", "it is restarting"));
    const exec = createLocalExec(undefined, engine);
    const broken = createProber({ exec, clock: systemClock, inspect: async () => aContainer() });
    const target = aTarget({
      doors: { web: { container: "door", port: 80, previewSecret: null } },
      addresses: { web: ["127.0.0.1"] },
    });
    expect(await broken.probe(anAnswersCheck(), target)).toMatchObject({
      result: "no-data",
      detail: "it is restarting",
    });
  });

  it("is told first who connects, where it awaits that", async () => {
    const seen: string[] = [];
    const port = await hearing((socket, first) => {
      seen.push(first.toString("latin1"));
      socket.end("HTTP/1.1 200 OK\r\n\r\n");
    });
    expect(await ask(port, { proxyProtocol: true })).toMatchObject({ result: "pass" });
    expect(seen).toEqual([expect.stringMatching(/^\r\n\r\n\0\r\nQUIT\n \0\0\0GET \/ HTTP\/1\.1\r\n/)]);
  });
});

describe("a service that is taken to speak HTTP/2", () => {
  it("answers by its settings", async () => {
    const port = await listen(createHttp2Server());
    expect(await ask(port, { protocol: "h2" })).toMatchObject({
      result: "pass",
      value: "HTTP/2 without TLS",
      limit: `HTTP/2 without TLS at port ${port}`,
    });
  });

  it("fails where it knows HTTP/1 alone", async () => {
    const port = await serve((_request, response) => response.end());
    expect(await ask(port, { protocol: "h2" })).toMatchObject({
      result: "fail",
      value: "HTTP/1",
      detail: expect.stringContaining(`services.web.protocol: { ${port}: http }`),
    });
  });
});
