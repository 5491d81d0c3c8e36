import type { ReleaseBundle } from "@sluice/core";

export function aBundle(changes: Partial<ReleaseBundle> = {}): ReleaseBundle {
  const id = changes.id ?? "r1";
  return {
    version: 1,
    id,
    tag: `tag-${id}`,
    tags: [`tag-${id}`],
    commit: "c".repeat(40),
    createdAt: "2026-01-01T00:00:00.000Z",
    key: `key-${id}`,
    services: [],
    images: { web: "sha256:1" },
    imageTags: { web: `sluice/shop-web:${id}` },
    environment: { "web.TOKEN": "abc" },
    ...changes,
  };
}
