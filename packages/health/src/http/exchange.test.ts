import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exchange, type HttpRequest } from "./exchange.ts";

const get: HttpRequest = { method: "GET", path: "/", headers: { host: "localhost" } };

async function answered(raw: string | readonly Uint8Array[], request: HttpRequest = get) {
  const chunks = typeof raw === "string" ? [Buffer.from(raw, "latin1")] : raw;
  let sent = "";
  const answer = await exchange(request, async function* (bytes) {
    sent = Buffer.from(bytes).toString();
    for (const chunk of chunks) {
      await setImmediate();
      yield chunk;
    }
  });
  return { sent, ...answer };
}

/** The same bytes in pieces. */
function cut(bytes: Uint8Array, at: readonly number[]): readonly Uint8Array[] {
  const places = [...new Set([0, ...at.map((place) => place % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

describe("the request", () => {
  it("has its headers and its body, and ends its connection", async () => {
    const request = { method: "POST", path: "/a?b=c", headers: { host: "shop", "x-a": "1" }, body: "grüße" };
    const { sent } = await answered("HTTP/1.1 204 None\r\n\r\n", request);
    const [head = "", body] = sent.split("\r\n\r\n");
    expect(head.split("\r\n")).toEqual([
      "POST /a?b=c HTTP/1.1",
      "host: shop",
      "x-a: 1",
      "Connection: close",
      "Content-Length: 7",
    ]);
    expect(body).toBe("grüße");
  });

  it.each([
    [{ path: "/a b" }, "ERR_UNESCAPED_CHARACTERS"],
    [{ path: "/a\r\nHost: evil" }, "ERR_UNESCAPED_CHARACTERS"],
    [{ method: "GET /" }, "ERR_INVALID_HTTP_TOKEN"],
    [{ headers: { "x-a": "1\r\nHost: evil" } }, "ERR_INVALID_CHAR"],
    [{ headers: { "x a": "1" } }, "ERR_INVALID_HTTP_TOKEN"],
  ])("that is none is never sent: %o", async (changes, code) => {
    let isSent = false;
    const sending = exchange({ ...get, ...changes }, async function* () {
      isSent = true;
      yield Buffer.from("");
    });
    await expect(sending).rejects.toMatchObject({ code });
    expect(isSent).toBe(false);
  });
});

describe("the answer", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 300 });
  const cuts = fc.array(fc.nat(5_000), { maxLength: 6 });
  const framing = fc.constantFrom("length", "chunked", "close");

  it("is read whatever its framing, and however it comes in pieces", async () => {
    const name = fc.stringMatching(/^x-[a-z0-9]{1,10}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    const status = fc.integer({ min: 200, max: 599 }).filter((code) => code !== 204 && code !== 304);
    await fc.assert(
      fc.asyncProperty(
        status,
        fc.dictionary(name, value),
        text,
        framing,
        cuts,
        async (code, headers, body, kind, at) => {
          const bytes = Buffer.from(body);
          const head = [
            `HTTP/1.1 ${code} Any Words`,
            ...Object.entries(headers).map(([key, held]) => `${key}: ${held}`),
          ];
          if (kind === "length") head.push(`Content-Length: ${bytes.length}`);
          if (kind === "chunked") head.push("Transfer-Encoding: chunked");
          const parts = kind === "chunked" ? chunked(cut(bytes, at)) : bytes;
          const raw = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), parts]);
          const answer = await answered(cut(raw, at));
          expect(answer).toMatchObject({ status: code, headers, body, complete: true });
        },
      ),
      { numRuns: 200 },
    );
  });

  it("that is cut off is told from one that is whole", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("length", "chunked"), fc.nat(39), async (kind, length) => {
        const body = "x".repeat(40);
        const raw =
          kind === "length"
            ? `HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n${body.slice(0, length)}`
            : `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n28\r\n${body.slice(0, length)}`;
        expect(await answered(raw)).toMatchObject({ status: 200, complete: false });
      }),
    );
  });

  it("to HEAD, and those without a body, have none", async () => {
    const head = { ...get, method: "HEAD" };
    const whole = { body: "", complete: true };
    expect(await answered("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", head)).toMatchObject(whole);
    expect(await answered("HTTP/1.1 304 Same\r\nContent-Length: 50\r\n\r\n")).toMatchObject({ ...whole, status: 304 });
  });

  it("may come after interim ones, or be a change of protocol", async () => {
    const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
    expect(await answered(`${interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`)).toMatchObject({ body: "ok" });
    const upgrade = "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    expect(await answered(upgrade)).toMatchObject({ status: 101, complete: true });
  });

  it("keeps no more than a MiB of an endless body, and takes no longer", async () => {
    let pieces = 0;
    const answer = await exchange(get, async function* () {
      yield Buffer.from("HTTP/1.1 200 OK\r\n\r\n");
      for (;;) {
        pieces += 1;
        await setImmediate();
        yield Buffer.alloc(64 * 1024, "x");
      }
    });
    expect(answer.body).toHaveLength(1024 * 1024);
    expect(pieces).toBeLessThan(100);
  });

  it("that is none, or not there, is an error, whatever came", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), cuts, async (bytes, at) => {
        const isHttp = Buffer.from(bytes).toString("latin1").startsWith("HTTP/1.");
        fc.pre(!isHttp);
        await expect(answered(cut(bytes, at))).rejects.toMatchObject({
          code: expect.stringMatching(/^(HPE_|ECONNRESET)/),
        });
      }),
      { numRuns: 200 },
    );
    await expect(answered("HTTP/1.1 200 OK\r\nContent-Le")).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(answered([])).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("fails as its transport does", async () => {
    const broken = new Error("no container");
    const failing = exchange(get, () => {
      throw broken;
    });
    await expect(failing).rejects.toBe(broken);
    const later = exchange(get, async function* () {
      yield Buffer.from("HTTP/1.1 200 OK\r\n\r\nhal");
      await setImmediate();
      throw broken;
    });
    await expect(later).rejects.toBe(broken);
  });
});

function chunked(parts: readonly Uint8Array[]): Buffer {
  const framed = parts
    .filter(({ length }) => length > 0)
    .flatMap((part) => [Buffer.from(`${part.length.toString(16)};a=b\r\n`), part, Buffer.from("\r\n")]);
  return Buffer.concat([...framed, Buffer.from("0\r\nX-Trailer: 1\r\n\r\n")]);
}
