/** `${name}` and `${env:NAME}`; `$${` stands for `${` itself. */
const reference = /\$\$\{|\$\{([^}]*)\}/g;

/** Names that a text refers to, in order; variables of the environment with their `env:`. */
export function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(reference)].flatMap(([, name]) => name ?? []);
}

/** Whether a `${` of a text is never closed, and so begins no reference. */
export function hasOpenReference(text: string): boolean {
  return text.replaceAll(reference, "").includes("${");
}

/** The text with every reference replaced by what it stands for; what is put in is not looked at again. */
export function fillTemplate(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(reference, (_whole, name: string | undefined) => (name === undefined ? "${" : valueOf(name)));
}

/** Every text inside plain data, object keys left out. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

const variable = /^env:([A-Za-z_]\w*)$/;

/** Whether a name that a text refers to is a variable of the environment: `env:NAME`. */
export function isVariable(name: string): boolean {
  return variable.test(name);
}

/**
 * Variables of the environment that texts inside plain data refer to, each once, in order.
 *
 * @param short whether `${NAME}` is one too: where a bare name can be nothing else. Default false
 */
export function variablesIn(
  value: unknown,
  { short = false }: { readonly short?: boolean | undefined } = {},
): readonly string[] {
  const names = textsIn(value).flatMap(referencesIn);
  return [...new Set(names.flatMap((name) => variable.exec(name)?.[1] ?? (short ? name : [])))];
}
