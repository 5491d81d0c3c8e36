import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { withCheckout } from "../model/checkout.ts";
import { missingFileFindings, missingFiles } from "./missing-files.ts";
import { parseSource } from "./source-files.ts";

let checkout = "";
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "sluice-missing-files-"));
  writeFileSync(join(checkout, "app.conf"), "");
  symlinkSync("nowhere", join(checkout, "dangling"));
});
afterAll(() => rmSync(checkout, { recursive: true }));

const bind = (source: string, more: object = {}) => ({ type: "bind", source, target: "/x", read_only: true, ...more });

function found(service: ComposeModel["services"][string], text = "", more: Partial<ComposeModel> = {}) {
  const services = { web: { image: "shop", expose: [80], ...service } };
  const model = withCheckout({ name: "shop", services, ...more }, checkout);
  const missing = missingFiles({ model, services: factsOf(model) });
  return missingFileFindings(missing, [parseSource("compose.yaml", text)]);
}

const mounting = (source: string, more: object = {}) => found({ volumes: [bind(join(checkout, source), more)] });

describe("a read-only mount of what is not in the checkout", () => {
  it.each([
    ["as Compose 2 writes it", { bind: { create_host_path: true } }],
    ["as Compose 5 writes it", { bind: {} }],
    ["as nobody said it", {}],
  ])("is an empty directory, %s", (_how, more) => {
    expect(mounting("over", more)).toEqual([
      {
        severity: "warn",
        code: "mount-not-there",
        message: `web mounts ${join(checkout, "over")}, which is not there: the release holds an empty directory, as Compose would make one`,
        hint: expect.any(String) as string,
        service: "web",
        path: ["services", "web", "volumes", 0],
      },
    ]);
  });

  it("is refused where Compose may not make one", () => {
    expect(mounting("over", { bind: { create_host_path: false } })).toMatchObject([
      { severity: "error", code: "mount-not-there", path: ["services", "web", "volumes", 0] },
    ]);
  });

  it("is refused where only the file says so, as Compose 2 leaves it out of what it resolves", () => {
    const text = (service: string) =>
      `services:\n  ${service}:\n    volumes:\n      - { type: bind, source: ./over, target: /x, bind: { create_host_path: false } }\n`;
    const severityOf = (service: string) =>
      found({ volumes: [bind(join(checkout, "over"), { bind: {} })] }, text(service)).map(({ severity }) => severity);
    expect(severityOf("web")).toEqual(["error"]);
    expect(severityOf("other")).toEqual(["warn"]);
  });

  it("is refused where a link leads nowhere, as Compose can make none there", () => {
    expect(mounting("dangling", { bind: { create_host_path: true } })).toMatchObject([
      { severity: "error", message: expect.stringContaining("leads nowhere") as string },
    ]);
  });

  it("is nothing to speak of outside of the checkout, or where it can be written", () => {
    expect(found({ volumes: [bind("/nowhere/at/all"), { ...bind(join(checkout, "x")), read_only: false }] })).toEqual(
      [],
    );
    expect(mounting("app.conf")).toEqual([]);
  });
});

it("what another service may write to, and is not there, is told, and refused by nobody", () => {
  const certbot = { image: "certbot/certbot", volumes: [{ ...bind(join(checkout, "certs")), read_only: false }] };
  const withCerts = (web: ComposeModel["services"][string], more: Partial<ComposeModel> = {}) =>
    found({}, "", { ...more, services: { certbot, web } });
  const mounted = { expose: [80], volumes: [bind(join(checkout, "certs/live"))] };
  expect(withCerts(mounted)).toMatchObject([
    {
      severity: "warn",
      code: "mount-not-there",
      message: expect.stringContaining("an empty directory is made of it on the host") as string,
      hint: expect.stringContaining("certbot") as string,
    },
  ]);
  // What the writer mounts itself is made for both, and what may not be looked at is its matter.
  expect(withCerts({ expose: [80], volumes: [bind(join(checkout, "certs"))] })).toEqual([]);
  const dangling = { ...certbot, volumes: [{ ...bind(checkout), source: join(checkout, "dangling") }] };
  const within = { expose: [80], volumes: [bind(join(checkout, "dangling/live"))] };
  expect(found({}, "", { services: { certbot: dangling, web: within } })).not.toContainEqual(
    expect.objectContaining({ severity: "error" }),
  );
  const secrets = { key: { file: join(checkout, "certs/key.pem") } };
  expect(withCerts({ expose: [80], secrets: [{ source: "key" }] }, { secrets })).toMatchObject([
    { severity: "warn", code: "file-not-there", message: expect.stringContaining("cannot be made") as string },
  ]);
});

it("a seccomp profile that is not there is refused", () => {
  expect(found({ security_opt: ["no-new-privileges:true", "seccomp:./chrome.json"] })).toMatchObject([
    {
      severity: "error",
      code: "file-not-there",
      message: `the seccomp profile of web is ${join(checkout, "chrome.json")}, which is not there`,
      path: ["services", "web", "security_opt", 1],
    },
  ]);
});

it("a secret or config whose file is not there is refused, once for all that use it", () => {
  const use = { secrets: [{ source: "key" }], configs: [{ source: "app" }] };
  const secrets = { key: { file: join(checkout, "key.pem") }, unused: { file: join(checkout, "gone") } };
  const configs = { app: { file: join(checkout, "app.conf") } };
  const more = { secrets, configs, services: { web: { expose: [80], ...use }, api: { expose: [80], ...use } } };
  expect(found({}, "", more)).toEqual([
    {
      severity: "error",
      code: "file-not-there",
      message: `secret key of web is ${join(checkout, "key.pem")}, which is not there`,
      // Put into the checkout of a workflow by hand, it is taken away before the next deployment.
      hint: expect.stringMatching(/by a step before the one that deploys.*outside the checkout/) as string,
      service: "web",
      path: ["secrets", "key", "file"],
    },
  ]);
});
