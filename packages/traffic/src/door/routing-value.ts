import { type DoorRouting, isShare, SluiceError } from "@sluice/core";

/** Fourth field of the value while the candidate is open to testers. */
export const testersWord = "testers";

/**
 * `blue:500:7`: the stable slot, the other's share in hundredths of a percent, the salt; `blue:500:7:testers` while the
 * other is open to testers.
 *
 * @throws SluiceError USAGE
 */
export function formatRouting({ stable, share, salt, testers }: DoorRouting): string {
  if (!isShare(share)) {
    throw new SluiceError("USAGE", `share ${share} cannot be used`, { hint: "use 0 to 100 percent, in steps of 0.01" });
  }
  if (!Number.isInteger(salt) || salt < 0 || salt > 9999) {
    throw new SluiceError("USAGE", `salt ${salt} cannot be used`, { hint: "use a whole number from 0 to 9999" });
  }
  if (stable !== null && stable !== "blue" && stable !== "green") {
    throw new SluiceError("USAGE", `slot ${JSON.stringify(stable)} does not exist`, {
      hint: "use blue, green or null",
    });
  }
  return `${stable ?? "none"}:${Math.round(share * 100)}:${salt}${testers === true ? `:${testersWord}` : ""}`;
}

/** `null` for anything but a value of `formatRouting`. */
export function parseRouting(text: string): DoorRouting | null {
  const found = /^(blue|green|none):(\d{1,5}):(\d{1,4})(:testers)?$/.exec(text);
  if (!found) return null;
  const [, stable, share, salt, testers] = found;
  if (Number(share) > 10_000) return null;
  return {
    stable: stable === "blue" || stable === "green" ? stable : null,
    share: Number(share) / 100,
    salt: Number(salt),
    ...(testers ? { testers: true } : {}),
  };
}
