import { SluiceError } from "../errors/sluice-error.ts";
import { isMountedImage } from "./mounted-images.ts";
import type { Slot } from "./slot.ts";

/** Compose's own rule for project names, so that every name made from one is valid too. */
const stackPattern = /^[a-z0-9][a-z0-9_-]*$/;
/**
 * Git's rules for tags are wider; this is what is safe in a shell, a label and an address. Tags of one package of a repository
 * (`@shop/web@1.2.0`), of a kind (`release/2.0`) and of a build (`1.2.0+7`) are in use. https://git-scm.com/docs/git-check-ref-format
 */
const tagPattern = /^@?[A-Za-z0-9_][A-Za-z0-9._@/+-]{0,127}$/;
const noTag = /\.\.|\/[/.]|\/$/;

/** @throws SluiceError NAME_INVALID */
export function assertStackName(name: string): string {
  if (stackPattern.test(name) && name.length <= 48) return name;
  throw new SluiceError("NAME_INVALID", `stack name ${JSON.stringify(name)} cannot be used`, {
    hint: "use up to 48 lower-case letters, digits, '-' and '_', beginning with a letter or digit (as for `docker compose -p`)",
  });
}

/** Whether a tag can name a release. */
export function isReleaseTag(tag: string): boolean {
  return tagPattern.test(tag) && !noTag.test(tag);
}

/** @throws SluiceError NAME_INVALID */
export function assertReleaseTag(tag: string): string {
  if (isReleaseTag(tag)) return tag;
  throw new SluiceError("NAME_INVALID", `release tag ${JSON.stringify(tag)} cannot be used`, {
    hint: "use up to 128 letters, digits, '.', '_', '-', '+', '@' and '/', beginning with a letter, digit or '_' (before it '@'), without '..', '//' and '/.', and no '/' at the end",
  });
}

/** Names of everything that is created for a stack on the engine, in one place. */
export const stackNames = {
  /** The Compose project of a slot. */
  slotProject: (stack: string, slot: Slot | "rehearsal") => `${stack}-${slot}`,
  /** The internal network that carries one base network into one slot. `network` is the key in the compose file. */
  link: (stack: string, slot: Slot | "rehearsal", network: string) => `${stack}-${slot}_link_${network}`,
  door: (stack: string, service: string) => `${stack}-door-${service}`,
  /** The volume that ties the stack on this engine to its state home. */
  homeVolume: (stack: string) => `${stack}_sluice`,
  /** The volume with the certificates of the stack's doors. */
  certificates: (stack: string) => `${stack}_sluice-certificates`,
  /** The only name of a slot's web container on a link; never the bare service name, which belongs to the door. */
  linkAlias: (stack: string, slot: Slot | "rehearsal", service: string) => `${service}.${slot}.${stack}`,
  /** The repository of images of a service, or of one that services mount; the tag is the release's. */
  imageRepository: (stack: string, image: string) =>
    `sluice/${stack}-${isMountedImage(image) ? `mounted-${escaped(image)}` : image.toLowerCase()}`,
} as const;

/** A tag may hold what a repository may not, and no two references share one: all but small letters and digits by their codes. */
function escaped(reference: string): string {
  const code = (character: string) => `-${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return reference.replaceAll(/[^a-z0-9]/g, code);
}

/** Labels on everything that Sluice creates on an engine. */
export const labels = {
  stack: "dev.sluice.stack",
  slot: "dev.sluice.slot",
  release: "dev.sluice.release",
  deployment: "dev.sluice.deployment",
  /** What the object is: `slot`, `door`, `link`, `network`, `job`, `check`, `home`, `preview`, `scratch`. */
  kind: "dev.sluice.kind",
  service: "dev.sluice.service",
  /** Hash of what a door was made from; another hash means it must be replaced. */
  spec: "dev.sluice.spec",
  /** JSON: hashes of the parts of `spec`, by what people call them. Absent on doors of before. */
  specParts: "dev.sluice.spec-parts",
  home: "dev.sluice.home",
  /** JSON: the fixed addresses of a service's replicas by slot, on a door. */
  addresses: "dev.sluice.addresses",
  /** JSON: directories of a container that have a volume to take files of its release. */
  places: "dev.sluice.places",
  /** JSON: names of the external networks that a container of a slot was made to join. Absent on those of before. */
  joined: "dev.sluice.joined",
  /** What its release has to run in a container (`post_start,pre_stop`); not what that is, which may hold secrets. Absent without, and on those of before. */
  hooks: "dev.sluice.hooks",
} as const;
