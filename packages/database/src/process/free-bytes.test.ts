import { expect, it } from "vitest";
import { parseFree, parseMounts } from "./free-bytes.ts";

const head = "Filesystem 1024-blocks Used Available Capacity Mounted on\n";

it.each([
  ["tmpfs 163840 40960 122880 25% /data\n", 125_829_120],
  ["//host/a share 100 1 99 1% /mnt/a b\n", 101_376],
  ["/dev/sda1 100 100 0 100% /\n", 0],
  ["df: /data: No such file or directory\n", null],
])("what df says: %s", (line, free) => {
  expect(parseFree(`${head}${line}`)).toBe(free);
});

it("where file systems are mounted", () => {
  const lines = "/dev/sda1 100 1 99 1% /\n//host/a share 100 1 99 1% /mnt/a b\n";
  expect(parseMounts(`${head}${lines}`)).toEqual(["/", "/mnt/a b"]);
});
