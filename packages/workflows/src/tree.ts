import { type Document, parseAllDocuments, parseDocument } from "yaml";

/** A map of a YAML document of which nothing is known. */
export type Tree = Readonly<Record<string, unknown>>;

/** The map that a YAML text is; an empty one for anything else, mistakes included. */
export function parseTree(text: string): Tree {
  return treeOfDocument(parseDocument(text, { logLevel: "silent" }));
}

/** The maps of a YAML text of several documents, as Compose takes one file for several. */
export function parseTrees(text: string): readonly Tree[] {
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  return Array.isArray(documents) ? documents.map(treeOfDocument) : [];
}

function treeOfDocument(document: Pick<Document, "toJS">): Tree {
  try {
    return treeOf(document.toJS({ maxAliasCount: 100 }));
  } catch {
    // An alias of nothing, or of too much: no workflow that GitHub would run.
    return {};
  }
}

/** A mapping as it is; an empty one for anything else. */
export function treeOf(value: unknown): Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

/** A sequence as it is; an empty one for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Scalars as text; `""` for anything else. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** Labels of `runs-on`: one, a list, or those of a group. */
export function labelsOf(runsOn: unknown): readonly string[] {
  if (typeof runsOn === "string") return [runsOn];
  return listOf(Array.isArray(runsOn) ? runsOn : treeOf(runsOn)["labels"]).map(textOf);
}

/** Events that start a workflow, by its `on`. */
export function eventsOf(on: unknown): readonly string[] {
  if (typeof on === "string") return [on];
  return Array.isArray(on) ? on.map(textOf) : Object.keys(treeOf(on));
}
