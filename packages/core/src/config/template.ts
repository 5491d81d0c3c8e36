/** `${name}` and `${env:NAME}`; `$${` stands for `${` itself. */
const reference = /\$(\$)?\{([^}]*)\}/g;

/** Names that a text refers to, in order. */
export function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(reference)].flatMap(([, escaped, name = ""]) => (escaped ? [] : [name]));
}

/** The text with every reference replaced by what it stands for; what is put in is not looked at again. */
export function fillTemplate(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(reference, (whole: string, escaped: string | undefined, name: string) =>
    escaped ? whole.slice(1) : valueOf(name),
  );
}

/** Every text inside plain data, object keys left out. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
