import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OutputLine, ServiceFacts } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine } from "../src/engine/engine.ts";
import { createImageBuilder } from "../src/images/image-builder.ts";
import { passingTag } from "../src/images/passing-tags.ts";
import { withEnvFileValues } from "../src/model/env-file-values.ts";
import { clock, docker, uniqueStack } from "./support/engine.ts";
import { missingNewestCompose, newestCompose } from "./support/newest-compose.ts";
import { aProject, aService } from "./support/project.ts";
import { serveImage } from "./support/registry.ts";
import { runtime } from "./support/runtime.ts";

const { images } = runtime;
const stack = uniqueStack("images");
const users = `${stack.name}-acme/shop`;
let context = "";

const services: readonly ServiceFacts[] = [
  aService("web", "web", { builds: true }),
  aService("worker", "worker"),
  aService("db", "data"),
  aService("extra", "tool"),
];
const project = (overrides: object = {}) =>
  aProject(
    {
      name: stack.name,
      services: {
        web: { image: users, build: { context, dockerfile: "Dockerfile", args: { VERSION: "1" } } },
        worker: { image: users },
        db: { image: "sluice-test/busybox" },
        extra: { image: "sluice-test/never-pulled" },
        ...overrides,
      },
    },
    services,
  );
const idOf = (name: string) => docker("image", "inspect", "-f", "{{.Id}}", name);

async function writeVersion(version: string) {
  await writeFile(
    join(context, "Dockerfile"),
    `FROM sluice-test/busybox\nRUN echo building ${version} && echo ${version} > /bin/version\n`,
  );
}

beforeAll(async () => {
  context = await mkdtemp(join(tmpdir(), "sluice-images-"));
  await docker("tag", "sluice-test/busybox", users);
  await writeVersion("one");
});
afterAll(async () => {
  await stack.remove();
  await docker("rmi", users);
  await rm(context, { recursive: true, force: true });
});

describe("build", () => {
  it("keeps the images that services mount, also what it builds itself", async () => {
    const mount = (source: string) => ({ type: "image", source, target: "/assets" });
    const worker = { image: users, volumes: [mount(users), mount("sluice-test/busybox")] };
    const built = await images.build(project({ worker }), "mounts");
    const [made, found] = [`${users}:latest`, "sluice-test/busybox:latest"];
    expect(built.images).toMatchObject({ [made]: built.images["web"], [found]: await idOf(found) });
    expect(built.imageTags[found]).toBe(`sluice/${stack.name}-mounted-sluice-2dtest-2fbusybox-3alatest:mounts`);
    expect(await idOf(built.imageTags[made] ?? "")).toBe(built.images["web"]);
    const taken = { web: { id: built.images["web"] ?? "" }, worker: { id: built.images["web"] ?? "" } };
    const again = await images.take(project({ worker }), "taken", taken);
    expect(again.images).toEqual(built.images);
    await images.removeTags([...Object.values(built.imageTags), ...Object.values(again.imageTags)]);
  });

  it("names every image of a release and takes no tag away", async () => {
    const lines: OutputLine[] = [];
    const before = await idOf(users);
    const built = await images.build(project(), "v1", { onOutput: (line) => lines.push(line) });
    expect(await idOf(users)).toBe(before);
    expect(Object.keys(built.images).toSorted()).toEqual(["db", "web", "worker"]);
    expect(built.images["worker"]).toBe(built.images["web"]);
    expect(built.images["db"]).toBe(await idOf("sluice-test/busybox"));
    expect(built.imageTags["web"]).toBe(`sluice/${stack.name}-web:v1`);
    expect(await idOf(`sluice/${stack.name}-web:v1`)).toBe(built.images["web"]);
    await built.reported;
    expect(lines.map(({ text }) => text).join("\n")).toContain("building one");
    expect(await docker("images", "--format", "{{.Tag}}", `sluice/${stack.name}-web`)).toBe("v1");
    expect(await images.missing(built.images)).toEqual([]);
    const tagged = Object.entries(built.images).map(([name, id]) => ({
      repository: `sluice/${stack.name}-${name}`,
      tag: "v1",
      id,
    }));
    expect(await images.tagged(stack.name)).toEqual(expect.arrayContaining(tagged));
    expect(await images.tagged(stack.name)).toHaveLength(3);
  });

  it("keeps the image that a release tag names already", async () => {
    const before = await idOf(`sluice/${stack.name}-web:v1`);
    await writeVersion("two");
    const built = await images.build(project(), "v1");
    expect(await idOf(`sluice/${stack.name}-web:v1`)).toBe(before);
    expect(built.imageTags["web"]).toMatch(/:v1-[0-9a-f]{12}$/);
    expect(await docker("run", "--rm", built.images["web"] ?? "", "cat", "/bin/version")).toBe("two");
    await images.removeTags([built.imageTags["web"] ?? "", "sluice/none:v1"]);
    expect(await images.missing({ web: built.images["web"] ?? "", none: `sha256:${"0".repeat(64)}` })).toEqual([
      "none",
    ]);
  });

  it("removes what builds left that came to no end, and no tag of a release or of a stack with a longer name", async () => {
    await writeVersion("two");
    const built = await images.build(project(), "v2");
    const [kept = "", left] = [built.imageTags["web"], `sluice/${stack.name}-web:${passingTag(stack.name)}`];
    const foreign = `sluice/${stack.name}-staging-web:${passingTag(`${stack.name}-staging`)}`;
    await docker("tag", kept, left);
    await docker("tag", kept, foreign);
    await images.sweep(stack.name);
    expect(await docker("images", "-q", left)).toBe("");
    expect(await docker("images", "-q", kept)).not.toBe("");
    expect(await docker("images", "-q", foreign)).not.toBe("");
    await images.removeTags([kept, foreign]);
  });

  it("takes away what an orphaned build has tagged since the last sweep, while it builds itself", async () => {
    await writeVersion("two");
    const built = await images.build(project(), "v2");
    const [kept = "", late] = [built.imageTags["web"], `sluice/${stack.name}-web:${passingTag(stack.name)}`];
    await docker("tag", kept, late);
    await images.build(project(), "v2");
    expect(await docker("images", "-q", late)).toBe("");
    expect(await docker("images", "-q", kept)).not.toBe("");
    await images.removeTags([kept]);
  });

  it("gives each build what the include of its secret sets, though the variable has one name", async () => {
    const secret = { environment: `NOT_SET_${stack.name.replaceAll("-", "_")}` };
    const made = (id: string) => {
      // A secret is no part of what a build is known again by: the name of the stack makes it another one each time.
      const copy = `RUN --mount=type=secret,id=${id} cat /run/secrets/${id} > /bin/given || echo none of ${stack.name}`;
      return {
        build: { context, secrets: [{ source: id }], dockerfile_inline: `FROM sluice-test/busybox\n${copy}\n` },
      };
    };
    const names = ["one", "two", "own"];
    const model = {
      name: stack.name,
      services: Object.fromEntries(names.map((name) => [name, made(name)])),
      secrets: { one: secret, two: secret, own: secret },
    };
    const included = ["one", "two"].map((name) => ({
      secrets: [name],
      configs: [],
      values: { [secret.environment]: `given \$${name}` },
    }));
    const services = names.map((name) => aService(name, "web", { builds: true }));
    const built = await images.build(aProject(withEnvFileValues(model, {}, included), services), "secrets");
    const given = names.map((name) => docker("run", "--rm", built.images[name] ?? "", "cat", "/bin/given"));
    expect(await Promise.all(given)).toEqual(["given $one", "given $two", ""]);
    await images.removeTags(Object.values(built.imageTags));
  });

  it("says which build failed, and how", async () => {
    await writeFile(join(context, "Dockerfile"), "FROM sluice-test/busybox\nRUN echo the reason; exit 9\n");
    await expect(images.build(project(), "v2")).rejects.toMatchObject({
      code: "BUILD_FAILED",
      detail: expect.stringContaining("the reason"),
    });
    expect(await docker("images", "-q", "--filter", `reference=sluice/${stack.name}-web:building*`)).toBe("");
  });

  it("takes images that another stack has proven, under tags of its own", async () => {
    const other = uniqueStack("taken");
    try {
      const web = await idOf(`sluice/${stack.name}-web:v1`);
      const target = { ...project(), stack: other.name };
      const taken = await images.take(target, "v1", { web: { id: web }, worker: { id: web } });
      expect(taken.images).toEqual({ web, worker: web, db: await idOf("sluice-test/busybox") });
      expect(await idOf(`sluice/${other.name}-worker:v1`)).toBe(web);
      const gone = images.take(target, "v2", { web: { id: `sha256:${"0".repeat(64)}` } });
      await expect(gone).rejects.toMatchObject({
        code: "IMAGE_MISSING",
        message: expect.stringContaining("web is gone"),
      });
    } finally {
      await other.remove();
    }
  });

  it("fetches by its digest what the engine lacks, and takes no other image for it", async () => {
    const other = uniqueStack("fetched");
    await writeVersion(other.name);
    const built = await images.build(project(), "fetched");
    const web = built.images["web"] ?? "";
    await using proven = await serveImage(built.imageTags["web"] ?? "");
    await using another = await serveImage(users);
    try {
      await images.removeTags([built.imageTags["web"] ?? "", built.imageTags["worker"] ?? ""]);
      expect(await images.missing({ web })).toEqual(["web"]);
      const target = { ...project(), stack: other.name };
      const wanted = { id: web, digest: proven.digest };
      const taken = await images.take(target, "v1", { web: wanted, worker: wanted });
      expect(taken).toMatchObject({ images: { web }, digests: { web: proven.digest, worker: proven.digest } });
      const wrong = images.take(target, "v2", { web: { id: `sha256:${"0".repeat(64)}`, digest: another.digest } });
      await expect(wrong).rejects.toMatchObject({
        code: "IMAGE_MISSING",
        message: expect.stringContaining(await idOf(users)),
      });
    } finally {
      await other.remove();
      await docker("rmi", proven.digest, another.digest).catch(() => undefined);
    }
  });

  it("names the image that is nowhere", async () => {
    await writeVersion("three");
    const missing = project({ db: { image: "127.0.0.1:1/sluice-test/none:9" } });
    await expect(images.build(missing, "v3")).rejects.toMatchObject({
      code: "IMAGE_MISSING",
      message: expect.stringContaining("127.0.0.1:1/sluice-test/none:9"),
    });
    expect(await docker("images", "-q", "--filter", `reference=sluice/${stack.name}-web:building*`)).toBe("");
  });

  it("begins a build from the image that another one of the project makes now, though an older one has its name", async () => {
    const base = `${stack.name}-base`;
    const app = { image: `${stack.name}-app`, build: { context, dockerfile_inline: `FROM ${base}` } };
    const buildOf = async (content: string) => {
      const dockerfile_inline = `FROM sluice-test/busybox\nRUN echo ${content} > /bin/begun\n`;
      const model = { name: stack.name, services: { base: { build: { context, dockerfile_inline } }, app } };
      const built = [aService("app", "web", { builds: true }), aService("base", "tool", { builds: true })];
      const { images: ids, imageTags } = await images.build(aProject(model, built), content);
      const begun = await docker("run", "--rm", ids["app"] ?? "", "cat", "/bin/begun");
      await images.removeTags(Object.values(imageTags));
      return begun;
    };
    await docker("tag", "sluice-test/busybox", base);
    try {
      expect([await buildOf("one"), await buildOf("two")]).toEqual(["one", "two"]);
      expect(await docker("images", "-q", "--filter", `reference=sluice/${stack.name}-*:building*`)).toBe("");
    } finally {
      await docker("rmi", base);
    }
  });

  it.skipIf(missingNewestCompose)(
    `builds what a build begins from, with the newest Compose${missingNewestCompose}`,
    async () => {
      const build = { context, dockerfile_inline: "FROM sluice-test/busybox\nRUN echo begun > /bin/begun\n" };
      const model = {
        name: stack.name,
        services: {
          web: { build: { context, dockerfile_inline: "FROM libs", additional_contexts: { libs: "service:libs" } } },
          libs: { build },
          api: { build },
        },
      };
      const built = [
        aService("web", "web", { builds: true }),
        aService("api", "web", { builds: true }),
        aService("libs", "tool", { builds: true }),
      ];
      const env = { ...process.env, DOCKER_CONFIG: newestCompose };
      const newest = createImageBuilder(createEngine({ env, clock }));
      const { images: ids, imageTags } = await newest.build(aProject(model, built), "contexts");
      expect(Object.keys(ids).toSorted()).toEqual(["api", "web"]);
      expect(await docker("run", "--rm", ids["web"] ?? "", "cat", "/bin/begun")).toBe("begun");
      expect(await docker("images", "-q", "--filter", `reference=sluice/${stack.name}-*:building*`)).toBe("");
      await images.removeTags(Object.values(imageTags));
    },
  );

  it("takes no older image for one that is to be pulled each time and cannot be, nor one that is never to be", async () => {
    const old = `127.0.0.1:1/${stack.name}/old:latest`;
    await docker("tag", "sluice-test/busybox", old);
    try {
      await expect(images.build(project({ db: { image: old, pull_policy: "always" } }), "v3")).rejects.toMatchObject({
        code: "IMAGE_MISSING",
        message: expect.stringMatching(new RegExp(`${old}.*connection refused`)),
        hint: expect.stringContaining("docker login"),
      });
      const asked = (pull_policy: string) => images.pull(project({ db: { image: old, pull_policy } }), ["db"]);
      await expect(asked("always")).rejects.toMatchObject({ code: "IMAGE_MISSING" });
      expect(await asked("never")).toEqual({ db: await idOf("sluice-test/busybox") });
      const kept = await images.build(project({ db: { image: old, pull_policy: "never" } }), "v4");
      expect(kept.images["db"]).toBe(await idOf("sluice-test/busybox"));
      await images.removeTags(Object.values(kept.imageTags));
    } finally {
      await docker("rmi", old);
    }
  });

  it("takes no image for missing where the engine goes away while it is pulled", async () => {
    // To Compose it is gone, and not yet to what has asked for the image before.
    const dying = createEngine({ env: process.env, clock });
    const builder = createImageBuilder({
      ...dying,
      env: { ...process.env, DOCKER_HOST: "unix:///nowhere/docker.sock" },
    });
    const model = { name: stack.name, services: { db: { image: "sluice-test/busybox", pull_policy: "always" } } };
    await expect(builder.build(aProject(model, [aService("db", "data")]), "v5")).rejects.toMatchObject({
      code: "ENGINE_UNREACHABLE",
    });
  });

  it("gives names back that nothing has any more, and takes none from another image", async () => {
    const [lost, moved, never] = ["lost", "moved", "never"].map((name) => `127.0.0.1:1/${stack.name}/${name}:1`);
    const { images: built, imageTags } = await images.build(project(), "v6");
    const [db = "", web = ""] = [built["db"], built["web"]];
    await docker("tag", web, `${moved}`);
    try {
      await images.nameAgain({ [`${lost}`]: db, [`${moved}`]: db, [`${never}`]: `sha256:${"0".repeat(64)}` });
      expect(await idOf(`${lost}`)).toBe(db);
      expect(await idOf(`${moved}`)).toBe(web);
      await expect(idOf(`${never}`)).rejects.toThrow(/no such image/i);
    } finally {
      await docker("rmi", `${lost}`, `${moved}`);
      await images.removeTags(Object.values(imageTags));
    }
  });

  it("gives the image that a container of the project runs from the name back that a pruning took", async () => {
    const pruned = `127.0.0.1:1/${stack.name}/pruned:15`;
    await docker("tag", "sluice-test/busybox", pruned);
    const labels = Object.entries({ project: stack.name, service: "db", oneoff: "False" });
    const flags = labels.flatMap(([name, value]) => ["--label", `com.docker.compose.${name}=${value}`]);
    const container = await docker("create", ...flags, pruned);
    await docker("rmi", "--force", pruned);
    const lines: string[] = [];
    try {
      const onOutput = ({ text }: OutputLine) => lines.push(text);
      const kept = await images.build(project({ db: { image: pruned } }), "v5", { onOutput });
      expect(kept.images["db"]).toBe(await idOf("sluice-test/busybox"));
      expect(await idOf(pruned)).toBe(kept.images["db"]);
      expect(lines.join("\n")).toContain(`${pruned} had lost its name`);
      await images.removeTags(Object.values(kept.imageTags));
    } finally {
      await docker("rm", "--force", container);
      await docker("rmi", pruned).catch(() => undefined);
    }
  });
});
