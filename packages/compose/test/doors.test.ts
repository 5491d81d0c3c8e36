import { setTimeout as sleep } from "node:timers/promises";
import { labels, stackNames } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idleContainer } from "./support/busybox.ts";
import { aDoorRequest, askUntilStopped, freePort, holdPort } from "./support/door.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { aProject, aService, aShop, shopServices } from "./support/project.ts";
import { runtime, runtimeWith } from "./support/runtime.ts";

const { base, doors, exec, observer, slots } = runtime;
const stack = uniqueStack("doors");
const port = await freePort();
const published = [{ mode: "ingress", target: 80, published: String(port), protocol: "tcp" }];
const model = aShop(stack.name, { web: { ports: published, container_name: `${stack.name}-shopfront` } });
const withoutPorts = aShop(stack.name);
const url = `http://127.0.0.1:${port}/`;
const doorName = `${stack.name}-door-web`;
const answer = async (at: string) => (await fetch(at, { headers: { connection: "close" } })).text();
const client = `${stack.name}-client`;

async function pageFrom(container: string, host: string): Promise<string> {
  const { stdout } = await exec.exec(container, ["timeout", "2", "wget", "-q", "-O", "-", `http://${host}/`]);
  return Buffer.from(stdout).toString().trim();
}

beforeAll(async () => {
  await base.ensureNetworks(model, "blue", shopServices);
  await idleContainer(client, "--network", `${stack.name}_default`);
});
afterAll(() => stack.remove());

describe("a door", () => {
  it("takes the ports, the names and the networks of its service", async () => {
    const id = await doors.ensure(aDoorRequest(model, "web", "one"));
    expect(await docker("inspect", "-f", "{{.Id}}", doorName)).toBe(id);
    expect(await answer(url)).toBe("one");
    expect(await runtime.publishedPorts(stack.name)).toEqual(new Set([port]));
    expect(await runtime.publishedPorts(`${stack.name}-other`)).toEqual(new Set());
    const names = ["web", `${stack.name}-shopfront`];
    expect(await Promise.all(names.map((name) => pageFrom(client, name)))).toEqual(["one", "one"]);
  });

  it("has few of the rights of its container's root, and can gain none", async () => {
    const status = await docker("exec", doorName, "cat", "/proc/1/status");
    // KILL, SETGID, SETUID, NET_BIND_SERVICE: bits 5, 6, 7 and 10.
    expect(status).toMatch(/^CapBnd:\s+00000000000004e0$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  });

  it("tells what memory the engine's machine has, whatever limits its own container has", async () => {
    await docker("update", "--memory", "64m", "--memory-swap", "64m", doorName);
    const memory = await observer.memory(doorName);
    expect(memory?.totalBytes).toBeGreaterThan(512 * 1_048_576);
    expect(memory?.availableBytes).toBeGreaterThan(0);
    expect(memory?.availableBytes).toBeLessThan(memory?.totalBytes ?? 0);
    await expect(observer.memory(`${doorName}-none`)).rejects.toMatchObject({ code: "EXEC_FAILED" });
  });

  it("is not touched when it is right, but for links that came later", async () => {
    const before = await docker("inspect", "-f", "{{.Id}} {{.State.StartedAt}}", doorName);
    await doors.ensure(aDoorRequest(model, "web", "one"));
    await base.ensureNetworks(model, "green", shopServices);
    await doors.ensure(aDoorRequest(model, "web", "one"));
    expect(await docker("inspect", "-f", "{{.Id}} {{.State.StartedAt}}", doorName)).toBe(before);
    expect(await docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", doorName)).toContain(
      "-green_link_default",
    );
  });

  it("is replaced by one that works already: the ports are away for a moment only", async () => {
    const asking = askUntilStopped(url);
    const lines: string[] = [];
    const onOutput = ({ text }: { text: string }) => lines.push(text);
    const id = await doors.ensure(aDoorRequest(model, "web", "two"), { onOutput });
    const { answers, gapMs } = await asking.stop();
    expect(new Set(answers)).toEqual(new Set(["one", "two"]));
    expect(await answer(url)).toBe("two");
    expect(lines.join()).toMatch(/^published ports of web changed hands in \d+ ms$/);
    expect(gapMs).toBeLessThan(2_500);
    expect(await docker("ps", "-a", "--format", "{{.Names}}", "--filter", `name=${doorName}`)).toBe(doorName);
    expect(await docker("inspect", "-f", "{{.Id}}", doorName)).toBe(id);
    expect(await pageFrom(client, "web")).toBe("two");
  });

  it("that is right is made anew where that is asked for, and by one deployment once", async () => {
    const ensure = (deployment: string) =>
      doors.ensure({ ...aDoorRequest(model, "web", "two"), deployment }, { renew: true });
    const before = await docker("inspect", "-f", "{{.Id}}", doorName);
    const renewed = await ensure("d2");
    expect(renewed).not.toBe(before);
    expect(await ensure("d2")).toBe(renewed);
    expect(await answer(url)).toBe("two");
    expect(await docker("ps", "-a", "--format", "{{.Names}}", "--filter", `name=${doorName}`)).toBe(doorName);
  });

  it("goes on as it was when the new one does not come up", async () => {
    const asking = askUntilStopped(url);
    const broken = aDoorRequest(model, "web", "three", { config: "nonsense\n" });
    await expect(doors.ensure(broken)).rejects.toMatchObject({
      code: "DOOR_FAILED",
      detail: expect.stringContaining("nonsense"),
    });
    const { failed, answers } = await asking.stop();
    expect([failed, new Set(answers)]).toEqual([0, new Set(["two"])]);
    expect(await docker("ps", "-a", "--format", "{{.Names}}", "--filter", `name=${doorName}`)).toBe(doorName);
  });

  const withPort = (extra: number) =>
    aShop(stack.name, {
      web: { ports: [...published, { mode: "ingress", target: 81, published: String(extra), protocol: "tcp" }] },
    });

  it("is not replaced while another container holds one of the ports", async () => {
    const taken = await freePort();
    await docker(
      "run",
      "-d",
      "--name",
      `${stack.name}-holder`,
      "-p",
      `${taken}:80`,
      "sluice-test/busybox",
      "sleep",
      "60",
    );
    const asking = askUntilStopped(url);
    await expect(doors.ensure(aDoorRequest(withPort(taken), "web", "four"))).rejects.toThrow(`${stack.name}-holder`);
    expect(await asking.stop()).toMatchObject({ failed: 0 });
  });

  it("takes its ports back when the new one cannot have them", async () => {
    await using held = await holdPort();
    await expect(doors.ensure(aDoorRequest(withPort(held.port), "web", "four"))).rejects.toMatchObject({
      code: "DOOR_FAILED",
    });
    expect(await answer(url)).toBe("two");
    expect(await pageFrom(client, "web")).toBe("two");
  });

  it("takes over from what plain Compose runs, and who asks by name meanwhile is answered, also through an nginx", async () => {
    await doors.remove(stack.name, "web");
    const composed = (service: string) => {
      const facts = ["oneoff=False", `project=${stack.name}`, `service=${service}`];
      const labels = facts.flatMap((fact) => ["--label", `com.docker.compose.${fact}`]);
      return ["--init", "--network", `${stack.name}_default`, "--network-alias", service, ...labels];
    };
    const [plain, nginx] = [`${stack.name}-plain-web`, `${stack.name}-nginx`];
    // As an application that drains: without its listener it takes nothing new, and answers what it took.
    const drains = "httpd -f -p 80 -h /www & echo $! > /pid; wait; exec sleep 60";
    const serves = ["sh", "-c", `mkdir /www; echo plain > /www/index.html; ${drains}`];
    const page = ["-p", `${port}:80`, "sluice-test/busybox", ...serves];
    await docker("run", "-d", "--name", plain, ...composed("web"), ...page);
    // It asks for the address of web once, when it starts.
    const config = "server { listen 80; location / { proxy_pass http://web; } }";
    const starts = ["sh", "-c", `echo '${config}' > /etc/nginx/conf.d/web.conf; exec nginx -g 'daemon off;'`];
    await docker("run", "-d", "--name", nginx, ...composed("nginx"), "sluice-test/nginx", ...starts);
    await expect.poll(() => pageFrom(client, nginx).catch(() => ""), { timeout: 10_000 }).toBe("plain");
    const pages: string[] = [];
    const over = new AbortController();
    const answered = Array.from({ length: 8 }, () => 0);
    const users = answered.map(async (_, user) => {
      while (!over.signal.aborted) {
        const asked = await exec.exec(client, ["timeout", "8", "wget", "-q", "-O", "-", `http://${nginx}/`]);
        pages.push(asked.exitCode === 0 ? Buffer.from(asked.stdout).toString().trim() : `lost: ${asked.stderr}`);
        answered[user] = (answered[user] ?? 0) + 1;
      }
    });
    await expect.poll(() => pages.length, { timeout: 10_000 }).toBeGreaterThan(16);
    const beforeStart = async () => {
      await exec.exec(plain, ["sh", "-c", "kill $(cat /pid)"]);
      const asked = [...answered];
      const areAnswered = () => answered.every((count, user) => count > (asked[user] ?? 0));
      await expect.poll(areAnswered, { timeout: 20_000 }).toBe(true);
      await docker("rm", "-f", plain);
    };
    await doors.ensure(aDoorRequest(model, "web", "two"), { beforeStart });
    over.abort();
    await Promise.all(users);
    expect(new Set(pages)).toEqual(new Set(["plain", "two"]));
    expect(await pageFrom(client, nginx)).toBe("two");

    await using held = await holdPort();
    const failing = doors.ensure(aDoorRequest(withPort(held.port), "web", "four"));
    await expect(failing).rejects.toMatchObject({ code: "DOOR_FAILED" });
    expect(await pageFrom(client, nginx)).toBe("two");
    expect(await docker("ps", "-a", "--format", "{{.Names}}", "--filter", `name=${doorName}`)).toBe(doorName);
    await docker("rm", "-f", nginx);
  });

  it("is replaced without a gap where no ports change hands", async () => {
    await doors.remove(stack.name, "web");
    await doors.ensure(aDoorRequest(withoutPorts, "web", "five"));
    const script =
      "echo begin; while [ ! -e /bin/end ]; do timeout 5 wget -q -O - http://web/ || echo lost; echo; done";
    const asking = await exec.stream(client, ["sh", "-c", script]);
    const reader = asking.stdout[Symbol.asyncIterator]();
    let text = Buffer.from((await reader.next()).value as Uint8Array).toString();
    await doors.ensure(aDoorRequest(withoutPorts, "web", "six"));
    await exec.putFiles(client, [{ path: "/bin/end", content: "" }]);
    for (let next = await reader.next(); !next.done; next = await reader.next())
      text += Buffer.from(next.value).toString();
    const answers = text.split("\n").filter((line) => line !== "" && line !== "begin");
    expect(new Set(answers.filter((line) => line !== "lost"))).toEqual(new Set(["five", "six"]));
    // The name leads to the old one too until the engine has taken it away; a client that tries the next address of a
    // name loses nothing.
    expect(
      Math.max(
        ...answers
          .join(" ")
          .split(/five|six/)
          .map((run) => run.split("lost").length - 1),
      ),
    ).toBeLessThan(15);
  });

  it("is started again with its files when it was stopped", async () => {
    await docker("stop", doorName);
    await doors.ensure(aDoorRequest(withoutPorts, "web", "six"));
    expect(await pageFrom(client, "web")).toBe("six");
    await doors.remove(stack.name, "web");
    expect(await docker("ps", "-aq", "--filter", `name=${doorName}`)).toBe("");
  });

  it("waits for whoever holds its ports to let go", async () => {
    const holder = `${stack.name}-plain`;
    await docker("run", "-d", "--name", holder, "-p", `${port}:80`, "sluice-test/busybox", "httpd", "-f", "-p", "80");
    const beforeStart = async () => void (await docker("rm", "-f", holder));
    await doors.ensure(aDoorRequest(model, "web", "seven"), { beforeStart });
    expect(await answer(url)).toBe("seven");
  });
});

/** Of a door that answers `/slow` after so long, and everything else at once. */
const slowConfig = (after: string) =>
  [
    "global\n  stats socket /tmp/admin.sock mode 600 level admin",
    `defaults\n  mode http\n  timeout connect 1s\n  timeout client 10s\n  timeout server 10s\n  timeout tarpit ${after}`,
    "frontend users\n  bind :80\n  http-request tarpit deny_status 200 if { path /slow }\n  http-request return status 204\n",
  ].join("\n");

it("a door is replaced when nothing is under way, and cuts what stays after a while, which it tells", async () => {
  // Counted here: the door's own count comes by a process in it, whose time would decide what is cut.
  let underWay = 0;
  const ask = (path: string) => {
    underWay += 1;
    return fetch(`${url}${path}`, { headers: { connection: "close" } })
      .then(
        ({ status }) => status,
        () => "cut",
      )
      .finally(() => {
        underWay -= 1;
      });
  };
  /** What becomes of a request that is under way when the old door is first looked at, of one that comes then, and what is told. */
  const replacing = async (...request: Parameters<typeof aDoorRequest>) => {
    const asked: ReturnType<typeof ask>[] = [];
    const lines: string[] = [];
    const tells = runtimeWith(
      {},
      {
        async readUnderWay() {
          if (asked.length === 0) {
            asked.push(ask("slow"));
            await sleep(50);
            asked.push(ask(""));
          }
          return underWay;
        },
      },
    );
    await tells.doors.ensure(aDoorRequest(...request), { onOutput: ({ text }) => lines.push(text) });
    return [...(await Promise.all(asked)), lines.join("\n").replaceAll(/\d+ ms/g, "N ms")];
  };
  const moved = "published ports of web changed hands in N ms";
  await doors.ensure(aDoorRequest(model, "web", "slow", { config: slowConfig("700ms") }));
  expect(await replacing(model, "web", "stays", { config: slowConfig("9s") })).toEqual([200, 204, moved]);
  expect(await replacing(model, "web", "last")).toEqual(["cut", 204, `${moved}, with 1 request under way`]);
  expect(await answer(url)).toBe("last");
});

it("a door that is removed with a grace takes nobody in any more, answers what is under way, and waits for nothing else", async () => {
  await doors.ensure(aDoorRequest(model, "web", "slow", { config: slowConfig("700ms") }));
  const slow = fetch(`${url}slow`).then(({ status }) => status);
  await sleep(100);
  await doors.remove(stack.name, "web", { graceMs: 30_000 });
  expect(await slow).toBe(200);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  expect(await docker("ps", "-aq", "--filter", `name=${doorName}`)).toBe("");
});

describe("a door that was being replaced when the deployer was killed", () => {
  const named = () =>
    docker("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}}", "--filter", `name=${doorName}`);
  let id = "";

  /** The new door, which serves and does not have the name yet; and one of before, which does. */
  async function killed(before?: { readonly network: string; readonly command: readonly string[] }): Promise<void> {
    id = await doors.ensure(aDoorRequest(model, "web", "eight"));
    await docker("rename", doorName, `${doorName}-next`);
    if (!before) return;
    const own = { [labels.stack]: stack.name, [labels.kind]: "door", [labels.service]: "web" };
    const labelled = Object.entries(own).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
    const options = ["--init", "--name", doorName, "--network", before.network, ...labelled];
    const old = await docker("run", "-d", ...options, "sluice-test/busybox", ...before.command);
    if (before.command[0] !== "true") return;
    // The engine's list learns of an end a moment after it.
    await expect
      .poll(() => docker("ps", "-aq", "--no-trunc", "--filter", "status=exited", "--filter", `id=${old}`))
      .toBe(old);
  }

  it.each([
    [
      "and had given everything away",
      { network: stackNames.link(stack.name, "blue", "default"), command: ["sleep", "600"] },
    ],
    ["and had ended", { network: `${stack.name}_default`, command: ["true"] }],
    ["and was gone", undefined],
  ])("%s: the new one is found, and a sweep leaves it alone under the name", async (_title, before) => {
    await killed(before);
    const project = aProject(model, shopServices);
    const observed = await observer.observe(project);
    expect(observed.doors["web"]).toMatchObject({ containerId: id });
    expect(observed.leftovers.map(({ code }) => code)).toEqual([before ? "leftover-door" : "leftover-name"]);
    await slots.sweep(stack.name);
    expect(await named()).toBe(`${id} ${doorName}`);
    expect(await answer(url)).toBe("eight");
    expect((await observer.observe(project)).leftovers).toEqual([]);
  });
});

describe("a door that proxies find by labels", () => {
  const exposed = async (id: string) =>
    JSON.parse(await docker("inspect", "-f", "{{json .Config.ExposedPorts}}", id)) as unknown;

  it("exposes where it listens, as its service would, for those that look for a port themselves", async () => {
    const labelled = aShop(stack.name, { admin: { labels: { "traefik.enable": "true" } } });
    expect(await exposed(await doors.ensure(aDoorRequest(labelled, "admin", "found")))).toEqual({ "80/tcp": {} });
    const plain = aShop(stack.name, { admin: {} });
    expect(await exposed(await doors.ensure(aDoorRequest(plain, "admin", "asked by name")))).toBeNull();
  });
});

describe("a preview", () => {
  it("is on links only: no names, no ports, no labels of proxies", async () => {
    const labelled = aShop(stack.name, { api: { ports: published, labels: { "traefik.enable": "true" } } });
    const id = await doors.ensurePreview(aDoorRequest(labelled, "api", "preview"));
    const [networks, ports, labelsOf] = (
      await docker(
        "inspect",
        "-f",
        "{{json .NetworkSettings.Networks}}\n{{json .HostConfig.PortBindings}}\n{{json .Config.Labels}}",
        id,
      )
    ).split("\n");
    expect(Object.keys(JSON.parse(networks ?? "") as object).every((name) => name.includes("_link_"))).toBe(true);
    expect([ports, labelsOf]).toEqual(["null", expect.not.stringContaining("traefik")]);
    await doors.removePreview(stack.name, "api");
    expect(await docker("ps", "-aq", "--no-trunc", "--filter", `id=${id}`)).toBe("");
  });
});

describe("addresses", () => {
  it("are a block of its own for each service, and stay", async () => {
    const names = ["web", "api", "admin"];
    const three = aShop(stack.name, { api: {}, admin: {} });
    const services = names.map((name) => aService(name, "web", { networks: ["default"], replicas: 2 }));
    const blocks = await Promise.all(services.map((service) => doors.addresses(three, service, "blue")));
    const all = blocks.flatMap(({ blue }) => blue);
    expect([all.length, new Set(all).size]).toEqual([24, 24]);
    expect(await Promise.all(services.map((service) => doors.addresses(three, service, "blue")))).toEqual(blocks);
  });

  it("stay in the other slot whatever networks a release has, and grow where they are", async () => {
    const on = (keys: readonly string[]) =>
      aShop(stack.name, { late: { networks: Object.fromEntries(keys.map((key) => [key, null])) } });
    const late = (keys: readonly string[], replicas = 1) => aService("late", "web", { networks: [...keys], replicas });
    const before = await doors.addresses(on(["default"]), late(["default"]), "blue");
    const more = ["back", "default"];
    expect(await doors.addresses(on(more), late(more), "green")).toEqual(before);
    const moved = await doors.addresses(on(["back"]), late(["back"]), "green");
    expect(moved.blue).toEqual(before.blue);
    expect(moved.green.filter((address) => before.green.includes(address))).toEqual([]);
    const { blue } = await doors.addresses(on(["default"]), late(["default"], 9), "green");
    expect([blue.length, blue.slice(0, 8)]).toEqual([18, before.blue]);
  });
});
