import type { Deployer } from "@sluice/wiring";
import { v2 } from "./fake-deployer.ts";

type Imported = Awaited<ReturnType<Deployer["importState"]>>;
type Rebuilt = Awaited<ReturnType<Deployer["rebuildState"]>>;

/** A state home that was made of an export, where none was before. */
export function anImport(over: Partial<Imported> = {}): Imported {
  return {
    stack: "shop",
    path: "/var/lib/sluice/shop",
    id: "new",
    from: "old",
    replaced: null,
    replacedBackups: null,
    keptReleases: [],
    mountedHomes: [],
    leftBackups: null,
    unfinished: null,
    ...over,
  };
}

/** A state home that was made of what the engine shows. */
export function aRebuiltState(over: Partial<Rebuilt> = {}): Rebuilt {
  return {
    stack: "shop",
    path: "/var/lib/sluice/shop",
    id: "new",
    previousHome: "old",
    replaced: null,
    replacedBackups: null,
    keptReleases: [],
    mountedHomes: [],
    serving: v2,
    slots: [],
    lost: [],
    ...over,
  };
}
