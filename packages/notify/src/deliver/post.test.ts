import http from "node:http";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { post } from "./post.ts";

/** Gives a socket when it is told to, as an agent does whose proxy has to get there first. */
class WaitingAgent extends http.Agent {
  give: (socket: Duplex) => void = () => {};
  override createConnection(_options: object, connected?: (error: Error | null, socket: Duplex) => void) {
    this.give = (socket) => connected?.(null, socket);
    return undefined;
  }
}

const usual = http.globalAgent;
let agent: WaitingAgent;
beforeEach(() => {
  agent = new WaitingAgent();
  http.globalAgent = agent;
});
afterEach(() => {
  http.globalAgent = usual;
});

const posting = (signal: AbortSignal) => post({ url: "http://chat.test/hook", headers: {}, body: "news" }, signal);

describe("what is posted", () => {
  it("has not left where its time is over before there is a connection, and never leaves on a later one", async () => {
    const time = new AbortController();
    const posted = posting(time.signal);
    time.abort();
    expect(await posted).toEqual({ failure: "no answer in time", sent: false });

    const written: unknown[] = [];
    const late = new Duplex({ read() {}, write: (chunk, _encoding, done) => done(void written.push(chunk)) });
    const closed = new Promise((resolve) => late.once("close", resolve));
    agent.give(late);
    await closed;
    expect(written).toEqual([]);
  });

  it("has not left where there was no time for it", async () => {
    expect(await posting(AbortSignal.abort())).toEqual({ failure: "no answer in time", sent: false });
  });
});
