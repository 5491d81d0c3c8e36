import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel, ReleaseBundle, ServiceFacts, StoredRelease } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleName } from "../bundle-files/bundle-name.ts";
import { withCheckout } from "../model/checkout.ts";
import { placeFiles } from "./place-files.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "place-$-files-"));
  for (const dir of ["old/conf.d", "old/data", "old/own", "files"]) mkdirSync(join(root, dir), { recursive: true });
  for (const file of ["nginx.conf", "plain.conf", "key.pem", "conf.d/a.conf", "own/mixed.pem"])
    writeFileSync(join(root, "old", file), file);
});
afterEach(() => rmSync(root, { recursive: true }));

const escaped = (path: string) => path.replaceAll("$", "$$$$");
const at = (checkout: string, path: string) => escaped(join(root, checkout, path));

function modelIn(checkout: string): ComposeModel {
  const bind = (path: string, target: string, rest: object = { read_only: true }) => ({
    type: "bind",
    source: at(checkout, path),
    target,
    ...rest,
  });
  return withCheckout(
    {
      name: "shop",
      services: {
        proxy: {
          image: "nginx",
          volumes: [
            bind("nginx.conf", "/etc/nginx/nginx.conf"),
            bind("conf.d", "/etc/nginx/conf.d"),
            bind("plain.conf", "/etc/nginx/plain.conf", {}),
            bind("own", "/own"),
            { type: "bind", source: "/etc/hosts", target: "/h", read_only: true },
            { type: "volume", source: "logs", target: "/logs" },
          ],
          secrets: [{ source: "key" }],
        },
        renewer: { image: "certbot", volumes: [bind("own", "/own", {})] },
        db: { image: "postgres", volumes: [bind("data", "/data", {})] },
      },
      secrets: { key: { file: at(checkout, "key.pem") }, other: { file: at(checkout, "other") } },
    },
    join(root, checkout),
  );
}

const proxy = { name: "proxy", role: "edge" } as const;
const db = { name: "db", role: "data" } as const;

/** As it was deployed from `old`. */
function stored(...copied: readonly string[]): StoredRelease {
  const model = modelIn("old");
  for (const path of copied) {
    const copy = join(root, "files", bundleName(model, at("old", path)) ?? "");
    if (path === "conf.d") {
      mkdirSync(copy);
      writeFileSync(join(copy, "a.conf"), "conf.d/a.conf");
    } else writeFileSync(copy, path);
  }
  return { model, bundle: { tag: "v1", images: {} } as unknown as ReleaseBundle, filesDir: join(root, "files") };
}

const move = () => renameSync(join(root, "old"), join(root, "new"));
const place = (release: StoredRelease, services: readonly Pick<ServiceFacts, "name" | "role">[] = [proxy]) =>
  placeFiles(release, services, { now: modelIn("new") });
const copyOf = (path: string) => escaped(join(root, "files", bundleName(modelIn("old"), at("old", path)) ?? ""));
const sources = ({ model }: { readonly model: ComposeModel }, name = "proxy") =>
  model.services[name]?.volumes?.map(({ source }) => source);

describe("what a base service of a stored release mounts", () => {
  it("is the very same where its checkout is still there", () => {
    const release = stored("nginx.conf");
    const placed = place(release);
    expect(placed).toEqual({ model: release.model, unproven: [], missing: [] });
    expect(placed.model).toBe(release.model);
  });

  it("is taken from the checkout of now that has the same, as what others write to, or it itself", () => {
    const release = stored("nginx.conf", "conf.d", "key.pem");
    move();
    const placed = place(release, [proxy, db]);
    const inNew = modelIn("new");
    for (const { name } of [proxy, db]) expect(placed.model.services[name]).toEqual(inNew.services[name]);
    expect(placed.model.secrets).toEqual({ key: inNew.secrets?.["key"], other: release.model.secrets?.["other"] });
    expect([placed.unproven, placed.missing]).toEqual([[], []]);
  });

  it("is the release's copy where the checkout of now has another, or none; no directory is made in its place", () => {
    const release = stored("nginx.conf", "conf.d", "key.pem");
    move();
    writeFileSync(join(root, "new/nginx.conf"), "other");
    writeFileSync(join(root, "new/conf.d/b.conf"), "more");
    rmSync(join(root, "new/key.pem"));
    const placed = place(release);
    expect(sources(placed)?.slice(0, 3)).toEqual([copyOf("nginx.conf"), copyOf("conf.d"), at("new", "plain.conf")]);
    expect(placed.model.services["proxy"]?.volumes?.[0]).toMatchObject({ bind: { create_host_path: false } });
    expect(placed.model.secrets?.["key"]).toEqual({ file: copyOf("key.pem") });
    expect([placed.unproven, placed.missing]).toEqual([[], []]);
  });

  it("is the release's copy where a container has it from there, or the release that is left has another", () => {
    const release = stored("nginx.conf", "conf.d", "key.pem");
    const now = modelIn("old");
    const other = join(root, "other");
    mkdirSync(other);
    writeFileSync(join(other, bundleName(now, at("old", "nginx.conf")) ?? ""), "other");
    const asIs = sources({ model: now });
    const expected = asIs?.with(0, copyOf("nginx.conf"));
    expect(sources(placeFiles(release, [proxy], { now, left: { filesDir: other } }))).toEqual(expected);
    // The one that is left mounts no such file, and what is checked out is no more as it was.
    writeFileSync(join(root, "old/conf.d/b.conf"), "more");
    const without = placeFiles(release, [proxy], { now, left: { filesDir: join(root, "none") } });
    expect(sources(without)).toEqual(asIs?.with(1, copyOf("conf.d")));
    const mounted = new Set([copyOf("nginx.conf").replaceAll("$$", "$")]);
    expect(sources(placeFiles(release, [proxy], { now, mounted }))).toEqual(expected);
    expect(sources(placeFiles(release, [proxy], { now }))).toEqual(asIs);
  });

  it("is gone where a directory of its name was left in its place", () => {
    const release = stored("nginx.conf", "conf.d", "key.pem");
    move();
    for (const name of ["nginx.conf", "plain.conf"]) mkdirSync(join(root, "old", name), { recursive: true });
    expect(sources(place(release))?.slice(0, 3)).toEqual([
      at("new", "nginx.conf"),
      at("new", "conf.d"),
      at("new", "plain.conf"),
    ]);
  });

  it("is its seccomp profile too, which stays as it is written where it is as it was", () => {
    const options = ["no-new-privileges:true", "seccomp:chrome.json"];
    const services = { proxy: { image: "nginx", security_opt: options } };
    const model = withCheckout({ name: "shop", services }, join(root, "old"));
    const release: StoredRelease = { ...stored(), model };
    const placed = () => placeFiles(release, [proxy], { now: model }).model.services["proxy"]?.security_opt;
    writeFileSync(join(root, "old/chrome.json"), "{}");
    writeFileSync(join(root, "files", bundleName(model, at("old", "chrome.json")) ?? ""), "{}");
    expect(placed()).toEqual(options);
    rmSync(join(root, "old/chrome.json"));
    expect(placed()).toEqual(["no-new-privileges:true", `seccomp=${copyOf("chrome.json")}`]);
  });

  it("is told where no copy of it is stored, also where the checkout of now has one of its name", () => {
    const release = stored("key.pem");
    move();
    rmSync(join(root, "new/conf.d"), { recursive: true });
    const placed = place(release);
    expect(sources(placed)?.[0]).toBe(at("new", "nginx.conf"));
    expect(placed).toMatchObject({
      unproven: [join(root, "old/nginx.conf")],
      missing: [join(root, "old/conf.d")],
    });
  });

  it("is told where it was a file to write to, and is in neither checkout; a directory to write to is made", () => {
    const release = stored("nginx.conf", "conf.d", "key.pem");
    move();
    rmSync(join(root, "new/plain.conf"));
    rmSync(join(root, "new/data"), { recursive: true });
    const placed = place(release, [proxy, db]);
    expect(placed.missing).toEqual([join(root, "old/plain.conf")]);
    expect(sources(placed, "db")).toEqual([at("new", "data")]);
  });
});
