import type { ReleaseIdentity } from "@sluice/core";

/** Ids that a person can read: the commit, and a number for each other model or other images. */
export function fakeIdentity(): ReleaseIdentity {
  return {
    key: ({ commit, dirty, tag }, modelHash) => `${dirty ? `dirty-${tag}` : commit}/${shortHash(modelHash)}`,
    id: (key, images) => `r-${shortHash(`${key}${JSON.stringify(images)}`)}`,
    files: () => [],
    environment: () => ({}),
  };
}

function shortHash(text: string): string {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash.toString(36);
}
