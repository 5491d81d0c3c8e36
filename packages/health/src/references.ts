import { createRedactor, fillTemplate } from "@sluice/core";

export interface ReferenceOptions {
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly onSecrets?: ((values: readonly string[]) => void) | undefined;
}

/** `${env:NAME}` in what a check says. */
export interface References {
  /**
   * The same with every reference replaced, or the name of one that is not set, or empty.
   *
   * @param written how a value stands in the text; default: as it is
   */
  fill<T extends ReferencedTexts>(texts: T, written?: (value: string) => string): Filled<T>;
  /** Masks what has been filled in. */
  redact(text: string): string;
}

export type Filled<T> = { readonly value: T; readonly missing?: undefined } | { readonly missing: string };

type ReferencedTexts = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Everything that is filled in is taken for a secret. */
export function createReferences({ environment = {}, onSecrets }: ReferenceOptions): References {
  const secrets = new Set<string>();
  return {
    fill(texts, written = (value) => value) {
      let missing: string | undefined;
      const fill = (text: string) =>
        fillTemplate(text, (reference) => {
          const name = reference.replace(/^env:/, "");
          const value = environment[name] ?? "";
          if (value === "") missing ??= name;
          else if (!secrets.has(value)) {
            secrets.add(value);
            onSecrets?.([value]);
          }
          return written(value);
        });
      const filled = Object.entries(texts).map(([key, text]) => {
        if (typeof text === "string") return [key, fill(text)];
        return [key, Object.fromEntries(Object.entries(text).map(([name, value]) => [name, fill(value)]))];
      });
      return missing === undefined ? { value: Object.fromEntries(filled) as typeof texts } : { missing };
    },
    redact: (text) => createRedactor(secrets)(text),
  };
}
