import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CrashStage } from "./crash-stage.ts";
import { output } from "./docker.ts";
import type { Fault } from "./fault.ts";

const filler = ({ stateHome }: CrashStage) => join(stateHome, "filler");
const makeRoom = (stage: CrashStage) => rm(filler(stage), { force: true });
const unmount = (path: string) => output(["umount", path]);

/** What happens to the disk. Needs the right to mount, and a state home that is a small file system of its own. */
export const homeFaults: readonly Fault[] = [
  {
    name: "the disk of the state home is full before the release is stored",
    at: "build",
    inject: (stage) => fill(filler(stage)),
    heal: makeRoom,
  },
  {
    name: "the disk of the state home is full",
    at: "job",
    inject: (stage) => fill(filler(stage)),
    heal: makeRoom,
  },
  {
    name: "the disk for temporary files is full",
    at: "networks",
    inject: async ({ scratch }) => {
      await output(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", scratch]);
      await fill(join(scratch, "filler"));
    },
    heal: async ({ scratch }) => void (await unmount(scratch)),
  },
  {
    name: "the state home becomes read-only",
    at: "shift",
    inject: async ({ stateHome }) => {
      await output(["mount", "--bind", stateHome, stateHome]);
      await output(["mount", "-o", "remount,bind,ro", stateHome]);
    },
    heal: async ({ stateHome }) => void (await unmount(stateHome)),
  },
  {
    name: "the state home is gone",
    at: "verify",
    inject: hideHome,
    heal: async ({ stateHome }) => void (await unmount(stateHome)),
  },
  {
    name: "the state home is gone while users move",
    at: "shift",
    inject: hideHome,
    heal: async ({ stateHome }) => void (await unmount(stateHome)),
  },
];

async function hideHome({ stateHome }: CrashStage): Promise<void> {
  await output(["mount", "-t", "tmpfs", "tmpfs", stateHome]);
}

/** Ends when there is no room left. */
async function fill(path: string): Promise<void> {
  await using file = await open(path, "w");
  for (let size = 64 * 1_024; size >= 512; size /= 2) {
    try {
      while ((await file.write(Buffer.alloc(size))).bytesWritten > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}
