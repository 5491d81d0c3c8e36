import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@sluice/core/node";
import { onTestFinished } from "vitest";
import { openStateHome, type StateHome } from "../src/home/state-home.ts";

/** A directory that goes with its test. */
export async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "sluice-journal-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export async function temporaryHome(): Promise<StateHome> {
  return openStateHome(join(await temporaryDirectory(), "shop"), { clock: systemClock, stack: "shop" });
}
