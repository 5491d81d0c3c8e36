/** A complete copy of the web and worker services in a network world of its own. */
export const slots = ["blue", "green"] as const;
export type Slot = (typeof slots)[number];

export function otherSlot(slot: Slot): Slot {
  return slot === "blue" ? "green" : "blue";
}

export function isSlot(value: unknown): value is Slot {
  return value === "blue" || value === "green";
}
