import type { ComposeModel, ReleaseIdentity } from "@sluice/core";

/** Ids that a person can read: the commit, and a number for each other model or other images. */
export function fakeIdentity(): ReleaseIdentity {
  return {
    key: ({ commit, dirty, tag }, modelHash) => `${dirty ? `dirty-${tag}` : commit}/${shortHash(modelHash)}`,
    id: (key, images) => `r-${shortHash(`${key}${JSON.stringify(images)}`)}`,
    files: () => [],
    environment: () => ({}),
    changes: (before, after) => ({ listed: changedImages(before, after), omitted: 0 }),
  };
}

/** Services of both models whose image is another. */
function changedImages(before: ComposeModel, after: ComposeModel) {
  return Object.entries(after.services).flatMap(([name, { image = "" }]) => {
    const old = before.services[name]?.image ?? image;
    const path = `services.${name}.image`;
    return old === image ? [] : [{ path, change: "changed" as const, before: old, after: image }];
  });
}

function shortHash(text: string): string {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash.toString(36);
}
