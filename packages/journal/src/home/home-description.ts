import { SluiceError } from "@sluice/core";

/** Content of `home.json`. */
export interface HomeDescription {
  readonly version: 1;
  readonly id: string;
  readonly stack: string;
  readonly createdAt: string;
}

/** @throws SluiceError HOME_UNUSABLE, JOURNAL_NEWER */
export function describeHome(text: string, path: string): HomeDescription {
  const value = parse(text);
  if (typeof value["version"] === "number" && value["version"] > 1) {
    throw new SluiceError("JOURNAL_NEWER", `${path} was written by a newer Sluice (version ${value["version"]})`, {
      hint: "use that version of Sluice, or a newer one",
    });
  }
  const { version, id, stack, createdAt } = value;
  if (version === 1 && typeof id === "string" && typeof stack === "string" && typeof createdAt === "string") {
    return { version, id, stack, createdAt };
  }
  throw new SluiceError("HOME_UNUSABLE", `${path} does not describe a state home`, {
    hint: "restore the state home from an export: sluice state import ARCHIVE --replace; without one: sluice state rebuild --replace",
    position: { file: path },
  });
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
