import { isInSlot, type ObservedContainer, type ReleaseBundle, SluiceError, type Verdict } from "@sluice/core";

/**
 * What runs is what was stored, all of it: the image ids of a slot's containers next to the bundle's, and a container of
 * each service that belongs there. Names and tags of images can be moved by anybody, ids cannot.
 */
export function proveImages(bundle: ReleaseBundle, containers: readonly ObservedContainer[]): Verdict {
  const other = containers.filter(({ service, imageId }) => bundle.images[service] !== imageId);
  const services = [...new Set(containers.map(({ service }) => service))].toSorted();
  const wanted = bundle.services.filter((facts) => facts.active && isInSlot(facts) && facts.replicas > 0);
  const gone = wanted.map(({ name }) => name).filter((name) => !services.includes(name));
  const shown = services.map((service) => `${service} ${shorten(bundle.images[service] ?? "none")}`).join(", ");
  const wrong = other.map(({ name, imageId }) => `${name} runs ${shorten(imageId)}`);
  if (gone.length > 0) wrong.push(`no container of ${gone.join(", ")}`);
  return {
    check: "image ids",
    result: wrong.length === 0 ? "pass" : "fail",
    value: wrong.length === 0 ? shown : wrong.join(", "),
    limit: `as stored with release ${bundle.tag}`,
    n: containers.length,
  };
}

/** @throws SluiceError STATE_UNCLEAR: it says nothing of the release, which may be tried again */
export function assertProven({ check, result, value, limit }: Verdict): void {
  if (result === "pass") return;
  throw new SluiceError("STATE_UNCLEAR", `${check}: ${value}, expected ${limit}`, {
    hint: "somebody changed containers of the slot while it was deployed; deploy again",
  });
}

function shorten(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, 12);
}
