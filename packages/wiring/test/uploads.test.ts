// Files of a volume, by the commands that docs/sluice.example.yaml shows in its environment `uploads`.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { parseConfig } from "@sluice/core";
import { highestLevel } from "@sluice/database";
import { watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";

const signal = new AbortController().signal;
const missing = spawnSync("restic", ["version"]).status === 0 ? "" : "(skipped: no restic, see bin/setup restic)";

const example = join(import.meta.dirname, "../../../docs/sluice.example.yaml");
const command = parseConfig(readFileSync(example, "utf8"), example, "uploads").database?.command;
const dump = command?.dump ?? [];

const compose = {
  services: {
    web: {
      image: "sluice-test/busybox",
      // As an application does that ends where it finds no database: a throw-away container has no network.
      command: ["sh", "-c", "ip route | grep -q default && exec sleep 86400"],
      volumes: ["uploads:/uploads"],
      init: true,
    },
  },
  volumes: { uploads: {} },
};

let project: ComposeProject;
beforeAll(async () => {
  project = await startComposeProject("uploads", { compose, config: {} });
});
afterAll(() => project?.[Symbol.asyncDispose]());

const inWeb = (script: string) => project.run("web", ["sh", "-c", `cd /uploads && ${script}`]);
const content = () => inWeb("find . -type f -exec sha256sum {} + | sort; stat -c '%a %n' note");
const open = (store: object, over: object = {}) =>
  project.open({ database: { kind: "command", service: "web", store, command: { ...command, ...over } } });

/** As it is put back by hand. */
async function putBack(bytes: Uint8Array): Promise<void> {
  await inWeb("rm -rf ./*");
  execFileSync("docker", ["exec", "-i", project.container("web"), "tar", "-x", "-C", "/uploads"], { input: bytes });
  await inWeb("rm -r tmp");
}

describe("files of a volume", () => {
  it("make a backup that counts also where there are none yet", async () => {
    await using deployer = await open({ directory: "empty" });
    expect(highestLevel(await deployer.database.backup({ prove: true }, signal))).toBe("restored");
  });

  it("cannot be tried where the application ends at once, which is said and is not the backup's fault", async () => {
    await using deployer = await open({ directory: "ending" }, { start: undefined });
    await expect(deployer.database.backup({ prove: true }, signal)).rejects.toMatchObject({
      code: "START_FAILED",
      hint: expect.stringContaining("database.command.start"),
    });
    const { backups } = await deployer.database.list();
    expect(backups.map(({ failed }) => failed)).toEqual([undefined]);
    await inWeb(
      "mkdir -p 'a dir' && head -c 3000000 /dev/urandom > 'a dir/photo of ü.jpg' && echo text > note && chmod 600 note",
    );
  });

  it("are backed up by tar, compared file by file in a throw-away container, and put back by hand", async () => {
    await using deployer = await open({ directory: "uploads" });
    const before = await content();
    const proven = await deployer.database.backup({ prove: true }, signal);
    expect(highestLevel(proven)).toBe("restored");
    const file = join(project.directory, "uploads", `${proven.id}.dump`);
    await putBack(zstdDecompressSync(await readFile(file)));
    expect(await content()).toBe(before);
  });

  it("are proven also where an earlier list of digests was put back with them", async () => {
    await using deployer = await open({ directory: "put-back" });
    await inWeb("mkdir tmp && echo of another day > tmp/SHA256SUMS");
    expect(highestLevel(await deployer.database.backup({ prove: true }, signal))).toBe("restored");
    await inWeb("rm -r tmp");
  });

  it("that change while they are read make no backup that counts", async () => {
    const [shell = "", flag = "", script = ""] = dump;
    const changing = script.replace("&& tar", "&& echo more >> note && tar");
    expect(changing).not.toBe(script);
    await using deployer = await open({ directory: "changing" }, { dump: [shell, flag, changing] });
    await expect(deployer.database.backup({ prove: true }, signal)).rejects.toMatchObject({ code: "RESTORE_FAILED" });
    const { backups } = await deployer.database.list();
    expect(backups.map(({ failed }) => failed?.code)).toEqual(["RESTORE_FAILED"]);
  });

  it.skipIf(missing !== "")(
    `go into restic as they are, and come back from it by restic alone ${missing}`,
    async () => {
      const { directory } = project;
      const password = "canary-77aa0e";
      await writeFile(join(directory, "restic.password"), `${password}\n`);
      const env = {
        ...process.env,
        RESTIC_REPOSITORY: join(directory, "repository"),
        RESTIC_PASSWORD_FILE: join(directory, "restic.password"),
      };
      execFileSync("restic", ["init", "--repository-version", "2"], { env });
      await using deployer = await open({ restic: { repository: "repository", passwordFile: "restic.password" } });
      const before = await content();
      const stop = await watchArguments(password);
      const { id } = await deployer.database.backup({ prove: true }, signal);
      expect(await stop("restic backup", "restic dump")).toEqual([]);
      const { backups } = await deployer.database.list();
      expect(backups).toMatchObject([{ id, compression: "none" }]);
      expect(backups.map(highestLevel)).toEqual(["restored"]);
      const tags = `set=${project.stack},backup=${id},part=dump`;
      const args = ["dump", "--tag", tags, "latest", `${id}.dump`];
      await putBack(execFileSync("restic", args, { env, maxBuffer: 1 << 26 }));
      expect(await content()).toBe(before);
    },
  );
});
