import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProbeTarget } from "@sluice/core";
import { createProber } from "@sluice/health";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aCommandCheck, aContainer, anHttpCheck, aTarget, aTcpCheck } from "./checks.ts";
import { docker, dockerExec } from "./docker.ts";
import { systemClock as clock } from "./system-clock.ts";

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

it("a command check runs in the container of the service", async () => {
  const passing = aCommandCheck({ command: ["sh", "-c", "test -f /etc/haproxy/haproxy.cfg"] });
  expect(await prober.probe(passing, target)).toMatchObject({ result: "pass" });
  const failing = aCommandCheck({ command: ["sh", "-c", "echo wrong; exit 4"] });
  expect(await prober.probe(failing, target)).toMatchObject({ result: "fail", value: "exit code 4", detail: "wrong" });
});
