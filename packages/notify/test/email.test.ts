import { createServer as createTcpServer } from "node:net";
import { systemClock } from "@sluice/core/node";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { describe, expect, it } from "vitest";
import { createChannel } from "../src/channels/channel.ts";
import { type EmailSettings, emailMessage, sendEmail } from "../src/channels/email.ts";
import { deliver } from "../src/deliver/deliver.ts";
import { toMessage } from "../src/message/message.ts";
import { aNotification } from "../src/testing/a-notification.ts";

const message = toMessage(aNotification());
const password = "a-password-nobody-may-see";

interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** Breaks every connection. */
  cutAll(): void;
  readonly mails: readonly { readonly from: string; readonly to: readonly string[]; readonly raw: string }[];
}

async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: { from: string; to: string[]; raw: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, { envelope }, done) {
      const from = envelope.mailFrom ? envelope.mailFrom.address : "";
      const mail = { from, to: envelope.rcptTo.map(({ address }) => address), raw: "" };
      stream.on("data", (chunk: Buffer) => (mail.raw += chunk.toString("utf8")));
      stream.on("end", () => {
        mails.push(mail);
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.server.address() as { port: number }).port,
    mails,
    cutAll: () => server.connections.forEach(({ _socket }) => _socket.destroy()),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

function send(
  port: number,
  over: Partial<EmailSettings> = {},
  { withinMs = 5_000, reached = [] }: { readonly withinMs?: number; readonly reached?: readonly string[] } = {},
) {
  const settings: EmailSettings = {
    host: "127.0.0.1",
    port,
    tls: "none",
    from: "Sluice <deploy@example.com>",
    to: ["ada@example.com", "bob@example.com"],
    ...over,
  };
  return sendEmail(settings, emailMessage(settings, message, "d1.live"), reached, AbortSignal.timeout(withinMs));
}

describe("mail", () => {
  it("arrives for everybody, with its subject, both bodies and its id", async () => {
    await using server = await mailServer();
    expect(await send(server.port)).toEqual({ result: "delivered" });
    const [mail] = server.mails;
    expect(mail).toMatchObject({ from: "deploy@example.com", to: ["ada@example.com", "bob@example.com"] });
    expect(mail?.raw).toMatch(/^Message-ID: <[0-9a-f]{32}@example\.com>\r?$/m);
    expect(mail?.raw).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
    expect(mail?.raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(mail?.raw).toContain("Content-Type: text/plain");
    expect(mail?.raw).toContain("Content-Type: text/html");
  });

  it("logs in", async () => {
    const logins: unknown[] = [];
    await using server = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password: given }, _session, done) {
        logins.push([username, given]);
        done(null, { user: username });
      },
    });
    expect(await send(server.port, { user: "deployer", password })).toEqual({ result: "delivered" });
    expect(logins).toEqual([["deployer", password]]);
  });

  it("is refused where the login is wrong, without naming the password", async () => {
    await using server = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error("wrong")),
    });
    const attempt = await send(server.port, { user: "deployer", password });
    expect(attempt.result).toBe("refused");
    expect(JSON.stringify(attempt)).not.toContain(password);
  });

  it("is not sent in clear to a server that cannot encrypt, unless that was asked for", async () => {
    await using server = await mailServer();
    expect(await send(server.port, { tls: "starttls" })).toMatchObject({ result: "refused" });
    expect(server.mails).toEqual([]);
  });

  it.each([
    [451, "retry"],
    [550, "refused"],
  ])("answered %d is %s", async (responseCode, result) => {
    await using server = await mailServer({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error("no"), { responseCode })),
    });
    expect(await send(server.port)).toMatchObject({ result, reason: expect.stringContaining(String(responseCode)) });
  });

  it.each([
    [451, "retry"],
    [550, "refused"],
  ])(
    "answered %d for one of its recipients is %s for that one, and the others do not get it again",
    async (responseCode, result) => {
      let isRefused = true;
      await using server = await mailServer({
        onRcptTo: ({ address }, _session, done) => {
          const refuses = isRefused && address === "bob@example.com";
          done(refuses ? Object.assign(new Error("no such box"), { responseCode }) : null);
        },
      });
      const to = ["Ada <ada@Example.com>", "bob@example.com"];
      const attempt = await send(server.port, { to });
      expect(attempt).toEqual({
        result,
        reason: `answers ${responseCode} no such box for bob@example.com`,
        reached: [to[0]],
      });
      isRefused = false;
      const reached = "reached" in attempt ? (attempt.reached ?? []) : [];
      expect(await send(server.port, { to }, { reached })).toEqual({ result: "delivered" });
      expect(server.mails.map((mail) => mail.to)).toEqual([["ada@example.com"], ["bob@example.com"]]);
      expect(server.mails[1]?.raw).toContain("ada@example.com");
      expect(await send(server.port, { to }, { reached: to })).toEqual({ result: "delivered" });
      expect(server.mails).toHaveLength(2);
    },
  );

  it("has an unknown fate where the server takes it and says nothing", async () => {
    await using server = await mailServer({ onData: (stream) => void stream.resume() });
    expect(await send(server.port, {}, { withinMs: 500 })).toEqual({
      result: "uncertain",
      reason: "no answer in time",
    });
  });

  it("has an unknown fate where the connection breaks once the server has all of it", async () => {
    await using server = await mailServer({
      onData(stream) {
        stream.resume();
        stream.on("end", () => server.cutAll());
      },
    });
    expect(await send(server.port)).toMatchObject({ result: "uncertain", reason: expect.stringContaining("broke") });
  });

  it.each(["hang", "break"] as const)("has not arrived where its recipients %s", async (way) => {
    await using server = await mailServer({ onRcptTo: () => way === "break" && server.cutAll() });
    expect(await send(server.port, {}, { withinMs: 500 })).toMatchObject({ result: "retry" });
  });

  it("arrives once at a server that takes its time, and stays uncertain where it takes more than there is", async () => {
    let arrived = 0;
    await using server = await mailServer({
      onData(stream, _session, done) {
        stream.resume();
        stream.on("end", () => {
          arrived += 1;
          setTimeout(done, 1_500);
        });
      },
    });
    const email: EmailSettings & { to: string[] } = {
      host: "127.0.0.1",
      port: server.port,
      tls: "none",
      from: "d@example.com",
      to: ["a@example.com"],
    };
    const channel = createChannel("mail", { on: ["live"], email });
    const told = (withinMs: number) =>
      deliver(
        channel,
        { notification: aNotification(), message, reached: [] },
        { attempts: 3, attemptMs: 100, backOffMs: 1 },
        systemClock,
        AbortSignal.timeout(withinMs),
      );
    expect(await told(10_000)).toMatchObject({ attempts: 1, last: { result: "delivered" } });
    expect(await told(1_000)).toMatchObject({ attempts: 1, last: { result: "uncertain" } });
    expect(arrived).toBe(2);
  });

  it("to a server that is not there may be tried again", async () => {
    const gone = await mailServer();
    await gone[Symbol.asyncDispose]();
    expect(await send(gone.port)).toMatchObject({
      result: "retry",
      reason: expect.stringContaining("cannot be reached"),
    });
  });

  it("to a server that never greets ends in time", async () => {
    const held = createTcpServer(() => {});
    await new Promise<void>((resolve) => held.listen(0, "127.0.0.1", resolve));
    const begin = performance.now();
    expect(await send((held.address() as { port: number }).port, {}, { withinMs: 300 })).toMatchObject({
      reason: "no answer in time",
    });
    expect(performance.now() - begin).toBeLessThan(3_000);
    held.close();
  });
});
