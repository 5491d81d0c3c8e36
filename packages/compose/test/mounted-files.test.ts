import { cp, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredRelease } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mountedFiles } from "../src/bundle-files/mounted-files.ts";
import { withCheckout } from "../src/model/checkout.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aService, aShop, aStored, facts, shopServices } from "./support/project.ts";
import { runtime } from "./support/runtime.ts";

const { base, observer } = runtime;
const stack = uniqueStack("mounted");
const edge = facts("edge");
let root = "";
const aModel = () => {
  const checkout = join(root, "checkout");
  const mount = { type: "bind", source: join(checkout, "site.conf"), target: "/site.conf", read_only: true };
  return withCheckout(aShop(stack.name, { edge: { volumes: [mount] } }), checkout);
};

/** As git does: what is bound stays the file of before. */
async function checkOut(text: string): Promise<void> {
  await writeFile(join(root, "next"), text);
  await rename(join(root, "next"), join(root, "checkout/site.conf"));
}

async function store(id: string): Promise<StoredRelease> {
  const filesDir = join(root, id);
  await mkdir(filesDir);
  for (const { source, name } of mountedFiles(aProject(aModel()))) if (source) await cp(source, join(filesDir, name));
  return { ...(await aStored(aModel(), shopServices, id)), filesDir };
}

const shown = () => docker("exec", `${stack.name}-edge-1`, "cat", "/site.conf");
const idOf = () => docker("inspect", "-f", "{{.Id}}", `${stack.name}-edge-1`);
const stateOf = async (model = aModel()) => (await observer.observe(aProject(model))).base["edge"]?.state;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-mounted-"));
  await mkdir(join(root, "checkout"));
});
afterAll(async () => {
  await stack.remove();
  await rm(root, { recursive: true, force: true });
});

it("a base service gets a file that changed alone, and that of before when it goes back", async () => {
  await checkOut("of v1");
  const v1 = await store("v1");
  await base.up(v1.model, edge, shopServices);
  expect(await shown()).toBe("of v1");
  await checkOut("of v2");
  const v2 = await store("v2");

  // Its definition does not tell, and nothing is done about it by itself.
  expect(await stateOf()).toBe("current");
  expect(await base.changedFiles(v1, v2, shopServices)).toEqual({ edge: ["site.conf"] });
  const before = await idOf();
  const renewed = { renews: [before] };
  await base.up(v2.model, edge, shopServices, renewed);
  expect(await shown()).toBe("of v2");
  const made = await idOf();
  await base.up(v2.model, edge, shopServices, renewed);
  expect(await idOf()).toBe(made);

  // The checkout is still that of v2.
  const { model } = await base.placed(v1, [edge], aModel(), v2);
  await base.up(model, edge, shopServices);
  expect(await shown()).toBe("of v1");
  expect(await stateOf()).toBe("changed");
  expect(await stateOf((await base.placed(v1, [edge], aModel())).model)).toBe("current");
  await base.up(v2.model, edge, shopServices);
  expect(await shown()).toBe("of v2");
});

it("a base service gets another content of a config, and that of before when it goes back, each once", async () => {
  const release = async (content: string) => {
    const model = { ...aShop(stack.name, { mail: { configs: [{ source: "conf" }] } }), configs: { conf: { content } } };
    return aStored(model, shopServices, content);
  };
  const [v1, v2] = [await release("of v1"), await release("of v2")];
  const up = async ({ model }: StoredRelease) => {
    await base.up(model, facts("mail"), shopServices);
    return docker("inspect", "-f", "{{.Id}}", `${stack.name}-mail-1`);
  };
  const content = () => docker("exec", `${stack.name}-mail-1`, "cat", "/conf");
  const first = await up(v1);
  expect(await base.changedFiles(v1, v2, shopServices)).toEqual({ mail: ["config conf"] });
  const second = await up(v2);
  expect([second === first, await content(), await up(v2)]).toEqual([false, "of v2", second]);
  const third = await up(v1);
  expect([third === second, await content(), await up(v1)]).toEqual([false, "of v1", third]);
});

it("an nginx that sees what changed reads it, and is not replaced", async () => {
  const conf = join(root, "checkout/conf.d");
  await mkdir(conf);
  const write = async (answer: string) => {
    await writeFile(join(root, "next"), `server { listen 80; location / { return 200 "${answer}"; } }`);
    await rename(join(root, "next"), join(conf, "site.conf"));
  };
  const aNginx = (name: string, source: string, target: string) => {
    const proxy = {
      image: "sluice-test/nginx",
      command: null,
      volumes: [{ type: "bind", source, target, read_only: true }],
    };
    return {
      service: aService(name, "edge"),
      model: aShop(stack.name, { [name]: { ...aShop(stack.name).services["edge"], ...proxy } }),
    };
  };
  const upTwice = async ({ service, model }: ReturnType<typeof aNginx>) => {
    const container = `${stack.name}-${service.name}-1`;
    const answer = () => docker("exec", container, "wget", "-q", "-O", "-", "http://127.0.0.1/");
    const id = () => docker("inspect", "-f", "{{.Id}}", container);
    await write("of v1");
    await base.up(model, service, shopServices);
    const [before, first] = [await id(), await answer()];
    await write("of v2");
    await base.up(model, service, shopServices, { renews: [before] });
    return { isKept: (await id()) === before, answers: [first, await answer()] };
  };
  const answers = ["of v1", "of v2"];
  expect(await upTwice(aNginx("whole", conf, "/etc/nginx/conf.d"))).toEqual({ isKept: true, answers });
  const alone = aNginx("alone", join(conf, "site.conf"), "/etc/nginx/conf.d/default.conf");
  expect(await upTwice(alone)).toEqual({ isKept: false, answers });
});
