import { type DefaultTreeAdapterTypes, parse } from "parse5";

type Node = DefaultTreeAdapterTypes.Node;
export type Element = DefaultTreeAdapterTypes.Element;

/** All elements of a page, as a browser reads it, in order. */
export function elementsOf(page: string): { readonly all: readonly Element[]; readonly errors: readonly string[] } {
  const errors: string[] = [];
  const document = parse(page, { onParseError: ({ code, startLine }) => errors.push(`${code} in line ${startLine}`) });
  return { all: within(document), errors };
}

function within(node: Node): readonly Element[] {
  const children = "childNodes" in node ? node.childNodes : [];
  return [...("tagName" in node ? [node] : []), ...children.flatMap(within)];
}

export function textOf(node: Node): string {
  if (node.nodeName === "#text") return (node as DefaultTreeAdapterTypes.TextNode).value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

export const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((attr) => attr.name === name)?.value;

/** What a page is made of, without its texts: elements with the names of their attributes. */
export function skeletonOf(page: string): readonly string[] {
  return elementsOf(page).all.map(({ tagName, attrs }) => [tagName, ...attrs.map(({ name }) => name)].join(" "));
}
