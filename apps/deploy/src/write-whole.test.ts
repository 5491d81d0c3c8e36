import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  chown,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeWhole } from "./write-whole.ts";

let directory = "";
let path = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-write-"));
  path = join(directory, "report.html");
});
afterEach(() => rm(directory, { recursive: true }));

const write = (target = path) => writeWhole(target, (stream) => void stream.write("page"));

describe("a file", () => {
  it("is made, or put in the place of the one before", async () => {
    await write();
    await writeFile(path, "a longer page");
    await write();
    expect(await readFile(path, "utf8")).toBe("page");
    expect(await readdir(directory)).toEqual(["report.html"]);
  });

  it("is of its owner alone where that is asked for", async () => {
    await writeWhole(path, (stream) => void stream.end("secret"), { mode: 0o600 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("stays where a link leads to", async () => {
    await mkdir(join(directory, "pages"));
    const page = join(directory, "pages", "page.html");
    await writeFile(page, "older");
    await symlink("pages/page.html", path);
    await write();
    expect(await readlink(path)).toBe("pages/page.html");
    expect(await readFile(page, "utf8")).toBe("page");
    expect(await readdir(join(directory, "pages"))).toEqual(["page.html"]);
  });

  it("is what it was when writing fails, with nothing beside it", async () => {
    await writeFile(path, "older");
    const failing = writeWhole(path, async (stream) => {
      stream.write("half");
      throw new Error("no more");
    });
    await expect(failing).rejects.toThrow("no more");
    expect(await readFile(path, "utf8")).toBe("older");
    expect(await readdir(directory)).toEqual(["report.html"]);
  });
});

describe("the directory of a file", () => {
  const syncedWith = async (code: string) => {
    await using handle = await open(directory);
    const ofHandles = Object.getPrototypeOf(handle) as FileHandle;
    return vi.spyOn(ofHandles, "sync").mockImplementation(async function (this: FileHandle) {
      if (!(await this.stat()).isDirectory()) return this.datasync();
      throw Object.assign(new Error(`${code}: fsync`), { code });
    });
  };

  it.each(["EINVAL", "ENOTSUP", "EPERM", "EISDIR", "EACCES"])(
    "that cannot be synchronised (%s) changes nothing of what is written",
    async (code) => {
      using synced = await syncedWith(code);
      await write();
      expect(synced).toHaveBeenCalled();
      expect(await readFile(path, "utf8")).toBe("page");
    },
  );

  it("that may be written to and not read is enough", async () => {
    const nobody = 65_534;
    const isRoot = process.getuid?.() === 0;
    await chmod(directory, 0o311);
    if (isRoot) {
      await chown(directory, nobody, nobody);
      process.seteuid?.(nobody);
    }
    try {
      await write();
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(directory, 0o700);
    }
    expect(await readFile(path, "utf8")).toBe("page");
  });

  it("of a disk that fails says so", async () => {
    using _synced = await syncedWith("EIO");
    await expect(write()).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("EIO") });
  });
});

describe("what is no file stays what it is", () => {
  it("a pipe, which gets all of it", async () => {
    const made = spawn("mkfifo", [path]);
    await once(made, "close");
    const reader = spawn("cat", [path]);
    const [read] = await Promise.all([text(reader.stdout), write()]);
    expect(read).toBe("page");
    expect((await lstat(path)).isFIFO()).toBe(true);
    expect(await readdir(directory)).toEqual(["report.html"]);
  });

  it("a device behind a link", async () => {
    await symlink("/dev/null", path);
    await write();
    expect(await readlink(path)).toBe("/dev/null");
    expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
  });

  it("a device that takes nothing says so", async () => {
    await symlink("/dev/full", path);
    await expect(write()).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("ENOSPC") });
    expect(await readlink(path)).toBe("/dev/full");
  });

  it("a directory cannot be written", async () => {
    await expect(write(directory)).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("EISDIR") });
  });
});
