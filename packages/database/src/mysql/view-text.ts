import { quoteName } from "./target.ts";

/** A database's name before that of a table, a function or a sequence. */
interface Qualifier {
  readonly name: string;
  readonly index: number;
}

const token = /'(?:[^'\\]|\\[^]|'')*'|`(?:[^`]|``)*`|[\w$\x80-\uffff]+|\S/g;
/** Before what stands in their parentheses, `from` names no table. */
const withFrom = new Set(["trim", "extract", "substring", "substr"]);
const ofSequences = new Set(["nextval", "lastval", "setval"]);

/**
 * The databases' names in the text of a view, as a server prints it: names in backticks, texts in single quotes. A table may
 * have the name of its database; of two names in a row, the place tells what the first one is.
 */
function qualifiersOf(text: string): readonly Qualifier[] {
  const tokens = [...text.matchAll(token)].map((match) => ({ text: match[0], index: match.index }));
  const at = (index: number) => tokens[index]?.text.toLowerCase() ?? "";
  const isName = (index: number) => at(index).startsWith("`");
  const found: Qualifier[] = [];
  /** What stands before each parenthesis that is open. */
  const open: string[] = [];
  let isOfTable = false;
  for (let index = 0; index < tokens.length; index++) {
    const word = at(index);
    if (isName(index)) {
      let last = index;
      while (at(last + 1) === "." && isName(last + 2)) last += 2;
      const names = (last - index) / 2 + 1;
      const isOfSequence = at(index - 1) === "(" && ofSequences.has(open.at(-1) ?? "");
      const first = tokens[index];
      // An alias' columns stand in parentheses too, but behind one name.
      const isQualified = names > 2 || (names === 2 && (isOfTable || isOfSequence || at(last + 1) === "("));
      if (first !== undefined && isQualified) found.push({ name: first.text, index: first.index });
      index = last;
      isOfTable = false;
    } else if (word === "(") open.push(at(index - 1));
    else if (word === ")") {
      open.pop();
      isOfTable = false;
    } else
      isOfTable = word === "join" || word === "straight_join" || (word === "from" && !withFrom.has(open.at(-1) ?? ""));
  }
  return found;
}

/** The text of a view, with another database in the place of one. */
export function renamedView(text: string, from: string, to: string): string {
  const [wanted, other] = [quoteName(from), quoteName(to)];
  let made = "";
  let end = 0;
  for (const { name, index } of qualifiersOf(text)) {
    if (name !== wanted) continue;
    made += `${text.slice(end, index)}${other}`;
    end = index + name.length;
  }
  return made + text.slice(end);
}

/** Each server has them. */
const everywhere = ["information_schema", "performance_schema", "mysql", "sys"].map(quoteName);

/** Whether a view reads another database than its own. */
export function readsOthers(text: string, own: string): boolean {
  const known = [...everywhere, quoteName(own)];
  return qualifiersOf(text).some(({ name }) => !known.includes(name.toLowerCase()) && name !== quoteName(own));
}

const name = "(?:`(?:[^`]|``)*`|[\\w$\\x80-\\uffff]+)";
const triggerHead = new RegExp(
  `^(\\n/\\*!50003 CREATE\\*/ (?:/\\*!50017 DEFINER=.*?\\*/ )?/\\*!50003 TRIGGER\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?)(?:${name}\\s*\\.\\s*)?(${name}\\s+(?:BEFORE|AFTER)\\s+(?:INSERT|UPDATE|DELETE)\\s+ON\\s+)(?:${name}\\s*\\.\\s*)?(${name})`,
  "i",
);

/** A trigger belongs to the database of its table: where its text names one, it can be no other than its own. */
export function unqualifiedTrigger(text: string): string {
  return text.replace(triggerHead, "$1$2$3");
}
