import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../measure.ts";
import type { SluicePeer } from "../peers/sluice.ts";

/** Something that goes wrong in the middle of a deployment, at the beginning of a step. */
export interface Fault {
  readonly name: string;
  /** Kind of the step. */
  readonly at: string;
  readonly inject: (peer: SluicePeer, release: string) => Promise<void>;
  /** What a person would do about it before the next deployment. */
  readonly heal?: (peer: SluicePeer) => Promise<void>;
}

const container = (peer: SluicePeer, name: string) => `${peer.checkout.stack}${name}`;
const filler = (peer: SluicePeer) => join(peer.stateHome, "filler");

/** The state home is a small file system of its own: see `mountHome`. */
export const faults: readonly Fault[] = [
  {
    name: "the door is killed",
    at: "verify",
    inject: async (peer) => void (await run(["docker", "kill", container(peer, "-door-web")])),
  },
  {
    name: "the database is restarted",
    at: "start",
    inject: async (peer) => void (await run(["docker", "restart", "-t", "1", container(peer, "-db-1")])),
  },
  {
    name: "the database is made anew by plain Compose, without its links",
    at: "verify",
    inject: async (peer) => {
      const { stack, directory } = peer.checkout;
      const up = ["docker", "compose", "-p", stack, "up", "-d", "--no-deps", "--force-recreate", "db"];
      await run(up, { cwd: directory });
    },
  },
  {
    name: "an image of the release vanishes",
    at: "networks",
    inject: async (peer) => {
      const filter = `reference=sluice/${peer.checkout.stack}-*`;
      const format = "{{.Repository}}:{{.Tag}} {{.CreatedAt}}";
      const rows = (await run(["docker", "image", "ls", "--filter", filter, "--format", format])).split("\n");
      const [newest = ""] = rows.toSorted((a, b) => b.slice(b.indexOf(" ")).localeCompare(a.slice(a.indexOf(" "))));
      await run(["docker", "image", "rm", "-f", newest.split(" ")[0] ?? ""]);
    },
  },
  {
    name: "the disk of the state home is full",
    at: "create",
    inject: async (peer) => {
      await using file = await open(filler(peer), "w");
      const block = Buffer.alloc(64 * 1_024);
      // Ends when there is no room left.
      for (let size = block.length; size >= 512; size /= 2) await fillWith(file, block.subarray(0, size));
    },
    heal: (peer) => rm(filler(peer), { force: true }),
  },
  {
    name: "the state home becomes read-only",
    at: "shift",
    inject: async ({ stateHome }) => {
      await run(["mount", "--bind", stateHome, stateHome]);
      await run(["mount", "-o", "remount,bind,ro", stateHome]);
    },
    heal: async ({ stateHome }) => void (await run(["umount", stateHome])),
  },
  {
    name: "the state home is gone",
    at: "verify",
    inject: async ({ stateHome }) => void (await run(["mount", "-t", "tmpfs", "tmpfs", stateHome])),
    heal: async ({ stateHome }) => void (await run(["umount", stateHome])),
  },
];

async function fillWith(file: Awaited<ReturnType<typeof open>>, block: Buffer): Promise<void> {
  try {
    while ((await file.write(block)).bytesWritten > 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
