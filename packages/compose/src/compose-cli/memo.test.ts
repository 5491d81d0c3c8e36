import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { composeCommand, composeIdentity } from "./compose-installation.ts";
import { type Memo, remembered } from "./memo.ts";

let root: string;
let env: Record<string, string>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "memo-"));
  env = { PATH: `${join(root, "none")}:${join(root, "bin")}`, DOCKER_CONFIG: join(root, "config") };
  await install("bin/docker", "client");
  await install("config/cli-plugins/docker-compose", "plugin");
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function install(path: string, content: string): Promise<void> {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), content);
}

function memory(): Memo & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    get: async (key) => values.get(key),
    async set(key, value) {
      values.set(key, value);
    },
  };
}

describe("what Compose answered", () => {
  it("is asked once for each question and input", async () => {
    const memo = memory();
    let asked = 0;
    const ask = async () => `answer ${++asked}`;
    expect(await remembered({ env, memo }, "hash", "a", ask)).toBe("answer 1");
    expect(await remembered({ env, memo }, "hash", "a", ask)).toBe("answer 1");
    expect(await remembered({ env, memo }, "hash", "b", ask)).toBe("answer 2");
    expect(await remembered({ env, memo }, "version", "a", ask)).toBe("answer 3");
    expect([...memo.values.keys()].every((key) => /^[0-9a-f]{64}$/.test(key))).toBe(true);
  });

  it.each(["bin/docker", "config/cli-plugins/docker-compose"])("is asked again when %s changes", async (path) => {
    const memo = memory();
    let asked = 0;
    const ask = async () => `answer ${++asked}`;
    await remembered({ env, memo }, "hash", "a", ask);
    await install(path, "a newer one");
    expect(await remembered({ env, memo }, "hash", "a", ask)).toBe("answer 2");
  });

  it("is asked each time without a memo, without a plugin to be found, and with a memo that fails", async () => {
    let asked = 0;
    const ask = async () => `answer ${++asked}`;
    const broken: Memo = { get: () => Promise.reject(new Error("no")), set: () => Promise.reject(new Error("no")) };
    await remembered({ env }, "hash", "a", ask);
    await remembered({ env, memo: broken }, "hash", "a", ask);
    await rm(join(root, "bin"), { recursive: true });
    const memo = memory();
    await remembered({ env, memo }, "hash", "a", ask);
    await remembered({ env, memo }, "hash", "a", ask);
    expect(asked).toBe(4);
    expect(memo.values.size).toBe(0);
  });
});

describe("the identity of Compose", () => {
  it("is that of the plugin that docker would take", async () => {
    const before = composeIdentity(env);
    expect(before).toContain(join(root, "config/cli-plugins/docker-compose"));
    await install("extra/docker-compose", "another");
    await install("config/config.json", JSON.stringify({ cliPluginsExtraDirs: [join(root, "extra")] }));
    expect(composeIdentity(env)).toContain(join(root, "extra/docker-compose"));
  });

  it("changes with another file of the same size and age", async () => {
    const path = join(root, "bin/docker");
    await install("bin/newer", "tneilc");
    await Promise.all([path, join(root, "bin/newer")].map((each) => utimes(each, 1, 1)));
    const before = composeIdentity(env);
    await rename(join(root, "bin/newer"), path);
    expect(composeIdentity(env)).not.toBe(before);
  });
});

describe("the command that starts Compose", () => {
  const plugin = () => join(root, "config/cli-plugins/docker-compose");

  it("is the plugin that docker would start", async () => {
    expect(composeCommand(env)).toEqual([plugin()]);
  });

  it("is docker where docker is a script, which may do more than start the plugin", async () => {
    await install("bin/docker", '#!/bin/sh\nexec sudo docker "$@"\n');
    expect(composeCommand(env)).toEqual(["docker", "compose"]);
  });

  it("is docker where no docker is found: it says best what is missing", async () => {
    await rm(join(root, "bin/docker"));
    expect(composeCommand(env)).toEqual(["docker", "compose"]);
  });
});
