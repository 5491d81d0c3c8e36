import { execFileSync } from "node:child_process";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containersOf } from "./engine.ts";
import { type FarEngine, startFarEngine, whyNoFarEngine } from "./far-engine.ts";
import { openExampleShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

const careful = ["--env", "careful"];
const reason = whyNoFarEngine();

/** A file of the checkout, which the other machine cannot see, what is not in the checkout, and files that are only over there. */
const withFiles = `services:
  web:
    volumes:
      - ./greeting.txt:/app/greeting.txt:ro
      - ./overrides:/app/overrides:ro
      - uploads:/uploads
  # Without one each start is watched for 3 s.
  worker:
    healthcheck: { test: [CMD-SHELL, "true"], interval: 30s, start_period: 30s, start_interval: 1s }
volumes:
  uploads:
`;

/** As docs/sluice.example.yaml has it. */
const uploadsConfig = `  uploads:
    database:
      service: web
      kind: command
      command:
        dump: [sh, -c, "cd /uploads && find . -type f -exec sha256sum {} + > /tmp/SHA256SUMS && tar -c . /tmp/SHA256SUMS"]
        restore: [sh, -c, "mkdir /tmp/uploads && tar -x -C /tmp/uploads"]
        start: [sleep, "86400"]
        verify: [sh, -c, "cd /tmp/uploads && test -f tmp/SHA256SUMS && { test ! -s tmp/SHA256SUMS || sha256sum -c tmp/SHA256SUMS; }"]
      store: { directory: uploads-backups }
`;

// One after the other: each scenario begins where the one before it ended.
describe.skipIf(reason !== "")(`a stack on another machine, reached through ssh ${reason}`, () => {
  let far: FarEngine;
  let shop: Shop;
  let url = "";
  const release = async (tag: string) => {
    await shop.release(tag);
    await writeFile(join(shop.checkout, "docker-compose.override.yml"), withFiles);
    await writeFile(join(shop.checkout, "greeting.txt"), `hello from ${tag}\n`);
    await appendFile(
      join(shop.checkout, ".git/info/exclude"),
      "docker-compose.override.yml\ngreeting.txt\nuploads-backups\n",
    );
  };
  beforeAll(async () => {
    far = await startFarEngine();
    shop = await openExampleShop(uploadsConfig, far.env);
    url = `http://${far.address}:${shop.port}/api/products`;
    await release("v1");
    await shop.sluice(0, "deploy", "--release", "v1", ...careful);
  }, patience.timeout);
  afterAll(async () => {
    await shop?.[Symbol.asyncDispose]();
    await far?.[Symbol.asyncDispose]();
  }, patience.timeout);

  it("gets a new version after a proven backup, and loses no request to it", patience, async () => {
    const load = startLoad(url);
    await release("v2");
    const { events } = await shop.sluice(0, "deploy", "--release", "v2", ...careful);
    const { failures } = await load.stop();
    const steps = events.flatMap((event) => (event.type === "step-end" ? [`${event.kind} ${event.result}`] : []));
    expect(steps).toContain("backup done");
    expect(events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(failures).toEqual([]);
    expect(await versionsSeen(url)).toEqual(["v2"]);
  });

  it("has the files of the release, which cannot be mounted from here", patience, async () => {
    const greeting = (slot: string) => far.docker("exec", `${shop.stack}-${slot}-web-1`, "cat", "/app/greeting.txt");
    expect(await greeting("green")).toBe("hello from v2");
    expect(await greeting("blue")).toBe("hello from v1");
    expect(await far.docker("exec", `${shop.stack}-green-web-1`, "ls", "-A", "/app/overrides")).toBe("");
  });

  it(
    "has the files of a volume backed up to here, proven over there, and put back as they were",
    patience,
    async () => {
      const web = `${shop.stack}-green-web-1`;
      const inUploads = (script: string) => far.docker("exec", web, "sh", "-c", `cd /uploads && ${script}`);
      const content = () => inUploads("find . -type f -exec sha256sum {} + | sort; stat -c '%a %n' note");
      await inUploads("mkdir 'a dir' && head -c 3000000 /dev/urandom > 'a dir/photo of ü.jpg'");
      await inUploads("echo text > note && chmod 600 note");
      const before = await content();
      await shop.sluice(0, "db", "backup", "--verify", "--env", "uploads");
      const { stdout } = await shop.sluice(0, "db", "list", "--env", "uploads");
      const { backups } = JSON.parse(stdout) as { backups: { id: string; verified: { level: string }[] }[] };
      expect(backups.map(({ verified }) => verified.at(-1)?.level)).toEqual(["restored"]);

      await inUploads("rm -r ./*");
      expect(await inUploads("ls -A")).toBe("");
      const dump = await readFile(join(shop.checkout, "uploads-backups", `${backups[0]?.id}.dump`));
      const input = zstdDecompressSync(dump);
      const env = { ...process.env, ...far.env };
      execFileSync("docker", ["exec", "-i", web, "tar", "-x", "-C", "/uploads"], { env, input });
      await inUploads("rm -r tmp");
      expect(before).toContain("photo of ü.jpg");
      expect(await content()).toBe(before);
    },
  );

  it("shows the log of what serves", patience, async () => {
    const { stdout } = await shop.sluice(0, "logs", "web");
    expect(stdout).toContain("web v2 (good) listens");
    expect(stdout).not.toContain("web v1");
  });

  it("goes back, and loses no request", patience, async () => {
    const load = startLoad(url);
    const { events } = await shop.sluice(0, "rollback");
    const { failures } = await load.stop();
    expect(events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(failures).toEqual([]);
    expect(await versionsSeen(url)).toEqual(["v1"]);
  });

  it("has nothing on this machine", patience, async () => {
    expect((await far.docker("ps", "-q")).split("\n").length).toBeGreaterThan(4);
    expect(await containersOf(shop.stack)).toEqual([]);
  });
});
