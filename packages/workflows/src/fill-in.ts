/** What a variable is, where somebody knows it. */
export type LookUp = (name: string) => string | undefined;

/** A part of a compose file that says what there is where a variable is not set, or that it is. */
export interface DefaultUse {
  readonly name: string;
  /** As it stands there: `${TAG:-latest}`. */
  readonly text: string;
  /** An empty text is the same to it as none: `:-` and `:+`. */
  readonly isEmptyUnset: boolean;
}

/** `$$`, `$NAME`, and the beginning of `${NAME}`, `${NAME:-…}`, `${NAME:+…}` and `${NAME:?…}`, each also without the colon. */
const use = /\$(?:\$|(?<bare>[A-Za-z_]\w*)|\{(?<braced>[A-Za-z_]\w*)(?<how>:?[-+?]|(?=\})))/;

/**
 * A text of a compose file with variables filled in as Compose does. One that nobody knows stays as `${NAME}`, unless something is said
 * for it, and so does `$$`. Pure.
 */
export function fillIn(text: string, lookUp: LookUp): string {
  const found = use.exec(text);
  if (!found) return text;
  const before = text.slice(0, found.index);
  const after = found.index + found[0].length;
  const { bare, braced, how = "" } = found.groups ?? {};
  if (braced === undefined) {
    const value = bare === undefined ? found[0] : (lookUp(bare) ?? `\${${bare}}`);
    return before + value + fillIn(text.slice(after), lookUp);
  }
  const end = closing(text, after);
  if (end === -1) return text;
  const value = lookUp(braced);
  const isSet = how.startsWith(":") ? Boolean(value) : value !== undefined;
  const word = () => fillIn(text.slice(after, end), lookUp);
  return before + filled() + fillIn(text.slice(end + 1), lookUp);

  function filled(): string {
    if (how.endsWith("+")) return isSet ? word() : "";
    if (how.endsWith("-")) return isSet ? (value ?? "") : word();
    return isSet ? (value ?? "") : `\${${braced}}`;
  }
}

/** Those of a whole compose file, also within others, but in comments. Pure. */
export function defaultUses(text: string): readonly DefaultUse[] {
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
  const all = lines.join("\n");
  return [...all.matchAll(new RegExp(use, "g"))].flatMap(({ index, 0: start, groups }) => {
    const { braced: name, how = "" } = groups ?? {};
    const end = closing(all, index + start.length);
    if (name === undefined || !/[-+]$/.test(how) || end === -1) return [];
    return [{ name, text: all.slice(index, end + 1), isEmptyUnset: how.startsWith(":") }];
  });
}

/** Where the brace ends that was opened before a place; -1 where it does not. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith("${", at)) depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}
