import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { aService } from "@sluice/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleName } from "../bundle-files/bundle-name.ts";
import { withCheckout } from "../model/checkout.ts";
import { changedFiles } from "./changed-files.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "changed-files-"));
  for (const dir of ["now/conf.d", "now/data", "v1", "v2"]) mkdirSync(join(root, dir), { recursive: true });
  for (const path of paths) write("now", path, "same");
});
afterEach(() => rmSync(root, { recursive: true }));

const paths = ["site.conf", "conf.d/a.conf", "key.pem", "my.cnf", "data/log", "profile.json"];
const write = (directory: string, path: string, text: string) => writeFileSync(join(root, directory, path), text);

function aModel(): ComposeModel {
  const bind = (path: string, rest: object = { read_only: true }) => ({
    type: "bind",
    source: join(root, "now", path),
    target: `/etc/${path}`,
    ...rest,
  });
  const model = {
    name: "shop",
    services: {
      proxy: {
        image: "nginx",
        volumes: [bind("site.conf"), bind("conf.d"), bind("data")],
        configs: [{ source: "key" }],
        security_opt: ["seccomp:profile.json"],
      },
      writer: { image: "writer", volumes: [bind("data", {})] },
      db: { image: "mysql", volumes: [bind("my.cnf")] },
    },
    configs: { key: { file: join(root, "now/key.pem") } },
  };
  return withCheckout(model, join(root, "now"));
}

/** A release's copy of a file or, for a name without a dot, of a directory with one file. */
function copy(release: string, path: string, text: string): void {
  const name = bundleName(aModel(), join(root, "now", path)) ?? "";
  if (path === "conf.d") mkdirSync(join(root, release, name), { recursive: true });
  write(release, path === "conf.d" ? `${name}/a.conf` : name, text);
}

const services = [
  aService("proxy", { role: "edge" }),
  aService("writer", { role: "support" }),
  aService("db", { role: "data" }),
];
const filesOf = (release: string) => ({ filesDir: join(root, release) });
const changed = (wanted: object = {}) => changedFiles(filesOf("v1"), { model: aModel(), ...wanted }, services);

describe("what base services mount and the release that serves has otherwise", () => {
  it("is found by what is in it: files, directories, configs and seccomp profiles", () => {
    for (const path of ["site.conf", "conf.d", "key.pem", "profile.json"]) copy("v1", path, "same");
    expect(changed()).toEqual({});
    write("now", "site.conf", "other");
    write("now", "conf.d/b.conf", "one more");
    write("now", "key.pem", "other");
    write("now", "profile.json", "other");
    expect(changed()).toEqual({ proxy: ["site.conf", "conf.d", "key.pem", "profile.json"] });
  });

  it("is not what no copy is stored of, what is gone, what somebody writes to, and what data mounts", () => {
    for (const path of ["site.conf", "data", "my.cnf"]) copy("v1", path, "other");
    rmSync(join(root, "now/site.conf"));
    expect(changed()).toEqual({});
  });

  it("is looked for in the copies of a release that is stored", () => {
    copy("v1", "site.conf", "same");
    copy("v2", "site.conf", "other");
    expect(changed(filesOf("v2"))).toEqual({ proxy: ["site.conf"] });
  });
});
