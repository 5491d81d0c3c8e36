import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ProbeTarget } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import { createProber } from "@sluice/health";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  aCertificateCheck,
  aCommandCheck,
  aContainer,
  aLoadCheck,
  anAnswersCheck,
  anHttpCheck,
  aTarget,
  aTcpCheck,
} from "./checks.ts";
import { docker, dockerExec } from "./docker.ts";

const run = promisify(execFile);
const image = process.env["SLUICE_DOOR_IMAGE"] ?? "sluice/door:3.0";
const secret = `secret-${randomBytes(8).toString("hex")}`;
const name = `health-${randomBytes(4).toString("hex")}`;

/** Answers as a door does to a preview, and badly where the path asks for it. */
const config = `
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 1s
  timeout tarpit 4s
frontend door
  bind :8080
  bind :8081 accept-proxy
  bind :8443 ssl crt /etc/haproxy/test.pem
  http-request tarpit deny_status 500 if { path /slow }
  acl preview req.hdr(x-sluice-preview) -m str ${secret}
  http-request return status 200 content-type text/plain hdr X-Version v2 string "green is here" if preview { req.hdr(x-sluice-slot) green }
  http-request return status 404 content-type text/plain string "users see blue"
`;

let target: ProbeTarget;
const prober = createProber({ exec: dockerExec(), clock, inspect: () => Promise.resolve(aContainer()) });

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-health-"));
  await writeFile(join(directory, "haproxy.cfg"), config);
  const labels = ["--label", "dev.sluice.test=health"];
  await docker("create", "--name", name, ...labels, image, "haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg");
  await docker("cp", join(directory, "haproxy.cfg"), `${name}:/etc/haproxy/haproxy.cfg`);
  await docker("cp", await selfSigned(directory), `${name}:/etc/haproxy/test.pem`);
  await docker("start", name);
  await rm(directory, { recursive: true });
  target = aTarget({
    containers: { web: [name] },
    doors: { web: { container: name, port: 8080, previewSecret: secret } },
    addresses: { web: ["127.0.0.1"] },
  });
  const check = anHttpCheck({ expect: { status: [200], headers: {} }, retries: 20, timeoutMs: 2_000 });
  const { result, value } = await prober.probe(check, target);
  if (result !== "pass") throw new Error(`the door does not come up: ${value}`);
});

/** A certificate for ten days, with its key. */
async function selfSigned(directory: string): Promise<string> {
  const [key, certificate, both] = ["key.pem", "cert.pem", "both.pem"].map((file) => join(directory, file));
  const subject = ["-subj", "/CN=door.test", "-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", key ?? "", "-out", certificate ?? ""];
  await run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "10", ...subject, ...files]);
  await writeFile(both ?? "", (await Promise.all([certificate, key].map((file) => readFile(file ?? "")))).join("\n"));
  return both ?? "";
}

afterAll(() => docker("rm", "-f", name));

it("a preview request gets through to the slot that is asked for", async () => {
  const expected = { status: [200], body: "green is here", headers: { "x-version": "v2" } };
  const check = anHttpCheck({ expect: expected, successes: 3 });
  expect(await prober.probe(check, target)).toMatchObject({ result: "pass", n: 3 });
  expect(await prober.probe(check, { ...target, slot: "blue" })).toMatchObject({ result: "fail", value: "status 404" });
  const asUser = { ...target, doors: { web: { container: name, port: 8080, previewSecret: null } } };
  expect(await prober.probe(check, asUser)).toMatchObject({
    result: "fail",
    detail: 'status 404, body "users see blue"',
  });
});

it("a door behind a proxy that speaks the PROXY protocol answers too, also to a load", async () => {
  const door = { container: name, port: 8081, previewSecret: secret };
  const behind = { ...target, doors: { web: { ...door, proxyProtocol: true } } };
  expect(await prober.probe(anHttpCheck(), behind)).toMatchObject({ result: "pass" });
  const load = aLoadCheck({ rate: 20, durationMs: 1_000, connections: 2, requestTimeoutMs: 5_000, timeoutMs: 60_000 });
  expect(await prober.probe(load, behind)).toMatchObject({ result: "pass", n: 20 });
  const without = { ...target, doors: { web: door } };
  expect(await prober.probe(anHttpCheck(), without)).toMatchObject({ result: "fail" });
});

it("a port where nobody listens is no connection, with what socat says", async () => {
  const nobody = { ...target, doors: { web: { container: name, port: 81, previewSecret: secret } } };
  const verdict = await prober.probe(anHttpCheck(), nobody);
  expect(verdict).toMatchObject({ result: "fail", value: "no connection", detail: expect.stringContaining("refused") });
  expect(JSON.stringify(verdict)).not.toContain(secret);
});

it("a slow answer is waited for as long as the check says, and leaves no process behind", async () => {
  const check = anHttpCheck({ path: "/slow", timeoutMs: 1_000 });
  const begin = performance.now();
  expect(await prober.probe(check, target)).toMatchObject({ result: "fail", value: "nothing within 1s" });
  expect(performance.now() - begin).toBeLessThan(3_000);
  await clock.sleep(1_500);
  expect(await docker("top", name, "-eo", "pid,args")).not.toContain("socat");
});

it("a tcp check connects, or says why not", async () => {
  expect(await prober.probe(aTcpCheck({ port: 8080 }), target)).toMatchObject({ result: "pass" });
  expect(await prober.probe(aTcpCheck({ port: 81 }), target)).toMatchObject({
    result: "fail",
    detail: expect.stringContaining("refused"),
  });
});

it("what is spoken at a port is told by what comes, TLS and a header of the PROXY protocol included", async () => {
  const check = anAnswersCheck({ port: 8080, timeoutMs: 3_000 });
  expect(await prober.probe(check, target)).toMatchObject({ result: "pass", value: "status 404" });
  expect(await prober.probe({ ...check, port: 8443 }, target)).toMatchObject({ result: "fail", value: "TLS" });
  const behind = { ...check, port: 8081, proxyProtocol: true };
  expect(await prober.probe(behind, target)).toMatchObject({ result: "pass" });
  expect(await prober.probe({ ...behind, proxyProtocol: false }, target)).toMatchObject({ result: "no-data" });
  expect(await prober.probe({ ...check, port: 81 }, target)).toMatchObject({
    result: "no-data",
    detail: expect.stringContaining("refused"),
  });
  // A server that goes on waiting is left to its own time.
  await clock.sleep(3_500);
  expect(await docker("top", name, "-eo", "pid,args")).not.toContain("socat");
});

it("a command check runs in the container of the service", async () => {
  const passing = aCommandCheck({ command: ["sh", "-c", "test -f /etc/haproxy/haproxy.cfg"] });
  expect(await prober.probe(passing, target)).toMatchObject({ result: "pass" });
  const failing = aCommandCheck({ command: ["sh", "-c", "echo wrong; exit 4"] });
  expect(await prober.probe(failing, target)).toMatchObject({ result: "fail", value: "exit code 4", detail: "wrong" });
});

it("a load goes through at its rate, and leaves no process behind", async () => {
  const check = aLoadCheck({ rate: 40, durationMs: 2_000, connections: 4, requestTimeoutMs: 5_000, timeoutMs: 60_000 });
  expect(await prober.probe(check, target)).toMatchObject({ result: "pass", n: 80 });
  const asUser = { ...target, doors: { web: { container: name, port: 8080, previewSecret: null } } };
  expect(await prober.probe(check, asUser)).toMatchObject({ result: "fail", detail: "status 404: 80" });
  await clock.sleep(1_500);
  expect(await docker("top", name, "-eo", "pid,args")).not.toContain("socat");
});

it("a certificate is looked at from the door: how long it is valid, for whom, and by which authority", async () => {
  const check = aCertificateCheck({ port: 8443, minDays: 5, trusted: false });
  expect(await prober.probe(check, target)).toMatchObject({
    result: "pass",
    value: expect.stringMatching(/^valid for 9 days/),
  });
  expect(await prober.probe({ ...check, minDays: 14 }, target)).toMatchObject({ result: "fail" });
  expect(await prober.probe({ ...check, trusted: true }, target)).toMatchObject({
    result: "fail",
    detail: expect.stringContaining("SELF_SIGNED"),
  });
  const byAddress = { ...check, host: "127.0.0.1", trusted: true };
  expect(await prober.probe(byAddress, target)).toMatchObject({ detail: expect.stringContaining("127.0.0.1") });
  expect(await prober.probe({ ...check, port: 8080 }, target)).toMatchObject({
    result: "fail",
    value: "no TLS connection",
  });
  expect(await prober.probe({ ...check, port: 81 }, target)).toMatchObject({
    result: "fail",
    detail: expect.stringContaining("refused"),
  });
});
