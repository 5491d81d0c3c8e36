import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factsOf, slotRequestOf } from "../../test/support/slot-request.ts";
import { withCheckout } from "../model/checkout.ts";
import { slotModel } from "../model/slot-model.ts";
import { sharedFileFindings } from "../resolve/shared-files.ts";
import { bundleName } from "./bundle-name.ts";
import { mountedFiles } from "./mounted-files.ts";

let checkout = "";
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "sluice-shared-$-paths-"));
  for (const directory of ["media/in", "certbot/conf", "certbot/www", "conf.d"])
    mkdirSync(join(checkout, directory), { recursive: true });
  for (const file of ["app.conf", "certbot/conf/key.pem"]) writeFileSync(join(checkout, file), "");
});
afterAll(() => rmSync(checkout, { recursive: true }));

const at = (path: string) => join(checkout, path).replaceAll("$", "$$$$");
const writes = (path: string) => ({ type: "bind", source: at(path), target: "/w" });
const reads = (path: string) => ({ type: "bind", source: at(path), target: `/r/${path}`, read_only: true });
const ports = [{ target: 80, published: "80", protocol: "tcp" }];

interface Asked {
  readonly services: ComposeModel["services"];
  readonly more?: Partial<ComposeModel>;
  /** Of profiles that are not the user's. */
  readonly inactive?: readonly string[];
  readonly roles?: Readonly<Record<string, "tool" | "job">>;
}

function seen({ services, more, inactive = [], roles = {} }: Asked) {
  const model = withCheckout({ name: "shop", services, ...more }, checkout);
  const facts = factsOf(model, {
    web: { sharedVolumes: true },
    ...Object.fromEntries(Object.entries(roles).map(([name, role]) => [name, { role }])),
  }).map((one) => ({ ...one, active: !inactive.includes(one.name) }));
  const subnets = { default: "10.213.0.0/25" };
  const slot = slotModel(slotRequestOf(model, facts), { subnets });
  return {
    slot,
    copies: mountedFiles({ model, services: facts }).map(({ name }) => name),
    sources: (service: string) => slot.services[service]?.volumes?.map(({ source }) => source),
    copyOf: (path: string) => bundleName(model, at(path)),
    findings: sharedFileFindings({ model, services: facts }),
  };
}

const media = () => ({
  web: { image: "shop", ports, volumes: [writes("media")] },
  imgproxy: { image: "darthsim/imgproxy", expose: [8080], volumes: [reads("media"), reads("app.conf")] },
});
const certificates = () => ({
  frontend: { build: { context: "." }, ports, volumes: [reads("certbot/conf"), reads("certbot/www")] },
  certbot: { image: "certbot/certbot", volumes: [writes("certbot/conf"), writes("certbot/www")] },
});

describe("what a slot mounts read-only and an active service writes to", () => {
  it("is the host's, as with plain Compose: uploads of another service in slots", () => {
    const { copies, sources, copyOf } = seen({ services: media() });
    expect(copies).toEqual([copyOf("app.conf")]);
    expect(sources("imgproxy")).toEqual([at("media"), `/state/r1/files/${copyOf("app.conf")}`]);
  });

  it("is the host's: certificates that a service in base renews", () => {
    const { copies, sources } = seen({ services: certificates() });
    expect(copies).toEqual([]);
    expect(sources("frontend")).toEqual([at("certbot/conf"), at("certbot/www")]);
  });

  it("is the host's within such a path, and as a secret", () => {
    const key = { file: at("certbot/conf/key.pem") };
    const frontend = { ...certificates().frontend, volumes: [], secrets: [{ source: "key" }] };
    const { copies, slot } = seen({ services: { ...certificates(), frontend }, more: { secrets: { key } } });
    expect(copies).toEqual([]);
    expect(slot.secrets).toEqual({ key });
    const inside = { ...media(), imgproxy: { ...media().imgproxy, volumes: [reads("media/in")] } };
    expect(seen({ services: inside }).sources("imgproxy")).toEqual([at("media/in")]);
  });

  it("is told, with who writes there", () => {
    expect(seen({ services: media() }).findings).toEqual([
      {
        severity: "info",
        code: "files-of-the-host",
        service: "imgproxy",
        message: `imgproxy mounts ${join(checkout, "media")}, which web may write to: no release holds a copy, and each version has what is there`,
        hint: "no rollback brings back what was there; if nothing writes there, mount it read-only (:ro) in web",
        path: ["services", "imgproxy", "volumes", 0],
      },
    ]);
  });
});

describe("a release holds a copy all the same where the writer", () => {
  it("is of a profile that is not active, or a tool or a job", () => {
    const { copies, sources, copyOf, findings } = seen({ services: certificates(), inactive: ["certbot"] });
    expect(copies).toEqual([copyOf("certbot/conf"), copyOf("certbot/www")]);
    expect(sources("frontend")?.every((source) => source?.startsWith("/state/r1/files/"))).toBe(true);
    const late = (path: string) =>
      `frontend mounts a copy of ${join(checkout, path)}, which the release holds: what certbot writes there when it is run does not reach it before the next deployment`;
    // Keys and certificates are renewed.
    expect(findings.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      `warn ${late("certbot/conf")}`,
      `info ${late("certbot/www")}`,
    ]);
    for (const role of ["tool", "job"] as const) {
      expect(seen({ services: certificates(), roles: { certbot: role } }).copies).toHaveLength(2);
    }
  });

  it("writes to something in it, or beside it", () => {
    const imgproxy = { ...media().imgproxy, volumes: [reads("media")] };
    const web = (path: string) => ({ ...media().web, volumes: [writes(path)] });
    expect(seen({ services: { web: web("media/in"), imgproxy } }).copies).toHaveLength(1);
    expect(seen({ services: { web: web("med"), imgproxy } }).copies).toHaveLength(1);
  });

  it.each([".", ".."])(
    "mounts all of the project (%s), which tells nothing of where it writes; of directories it is told",
    (all) => {
      const files = { image: "filebrowser/filebrowser", volumes: [writes(all)] };
      const imgproxy = { ...media().imgproxy, volumes: [reads("media"), reads("app.conf")] };
      const { copies, copyOf, findings } = seen({ services: { files, imgproxy } });
      expect(copies).toEqual([copyOf("media"), copyOf("app.conf")]);
      expect(findings).toEqual([
        {
          severity: "info",
          code: "files-of-the-host",
          service: "imgproxy",
          message: `imgproxy mounts a copy of ${join(checkout, "media")}, which the release holds: what files writes there, as it mounts all of ${join(checkout, all)}, does not reach it`,
          hint: `if files writes there, mount ${join(checkout, "media")} in files by itself, too: then both have what is there`,
          path: ["services", "imgproxy", "volumes", 0],
        },
      ]);
    },
  );
});

it("all of the project is the host's where one writes to it and another reads just that", () => {
  const files = { image: "filebrowser/filebrowser", volumes: [writes(".")] };
  const imgproxy = { ...media().imgproxy, volumes: [reads(".")] };
  expect(seen({ services: { files, imgproxy } }).sources("imgproxy")).toEqual([at(".")]);
});
