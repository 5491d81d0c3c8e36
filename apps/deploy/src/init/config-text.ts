import type { Finding, ServiceFacts } from "@sluice/core";
import { isApplication, isBehindDoor } from "@sluice/core";
import { type Document, isMap, LineCounter, parseDocument, stringify, YAMLMap } from "yaml";
import { spokenText } from "../render/words.ts";

const introduction = `# What each service is to a deployment, as inferred from the compose file. Correct what is wrong: roles are web, worker,
# job, data, edge, support and tool. Every other setting has a default; docs/sluice.example.yaml describes them all.
`;

/**
 * The configuration with every service of the project named. What `existing` says stays as it is, to the letter; lines end as its first one does.
 *
 * @param doubts what a person must decide about services, beside what each is
 * @param database the one that is to be backed up, where there is no section for it yet
 */
export function configText(
  existing: string | null,
  services: readonly ServiceFacts[],
  { doubts = [], database }: { readonly doubts?: readonly Finding[]; readonly database?: string | undefined } = {},
): string {
  const text = withServices(existing, services, doubts);
  if (database === undefined) return text;
  const comment = `# ${database} is backed up before each new release, and the backup restored to prove it; { beforeDeploy: none }: you see to that.`;
  return withSection(text, `${comment}\ndatabase: {}\n`);
}

function withServices(existing: string | null, services: readonly ServiceFacts[], doubts: readonly Finding[]): string {
  const text = existing ?? introduction;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const unnamed = services.filter(({ name }) => !document.hasIn(["services", name]));
  if (unnamed.length === 0 && existing !== null) return existing;
  const missing = unnamed.map((service): Entry => [service, commentsOf(service, doubts)]);
  const map = document.get("services");
  if (!document.has("services")) {
    const section = missing.length > 0 ? `services:\n${entries(missing, "  ")}` : "services: {}\n";
    return withSection(text, section);
  }
  const first = isMap(map) && !map.flow && map.items.length > 0 ? map.range : null;
  if (!first) return endedAs(text, rewritten(document, missing));
  const [start, end] = first;
  const indent = " ".repeat(lines.linePos(start).col - 1);
  const at = text[end - 1] === "\n" ? end : text.indexOf("\n", end) + 1 || text.length;
  const before = text.slice(0, at);
  return `${before}${endedAs(text, `${lineEnd(before)}${entries(missing, indent)}`)}${text.slice(at)}`;
}

/** A text with a section behind all that it says. One that is a map in braces, as JSON is, has no place for it: it is written anew. */
function withSection(text: string, section: string): string {
  const document = parseDocument(text);
  const [map, added] = [document.contents, parseDocument(section).contents];
  if (isMap(map) && map.flow && isMap(added)) {
    map.flow = false;
    map.items.push(...added.items);
    return endedAs(text, document.toString({ lineWidth: 0 }));
  }
  return `${text}${endedAs(text, `${lineEnd(text)}${text.trim() === "" ? "" : "\n"}${section}`)}`;
}

/** What is added to a text, with lines that end as its first one does. */
function endedAs(text: string, added: string): string {
  return added.replaceAll(/\r?\n/g, /\r?\n/.exec(text)?.[0] ?? "\n");
}

/** A service, and what is written above it. */
type Entry = readonly [service: ServiceFacts, comments: readonly string[]];

/** What ends the last line of a text; empty where it has ended. */
function lineEnd(text: string): string {
  return text === "" || text.endsWith("\n") ? "" : "\n";
}

/** A map on one line has no place for comments: only then the document is written anew. */
function rewritten(document: Document, missing: readonly Entry[]): string {
  const there = document.get("services");
  const map = isMap(there) ? there : new YAMLMap();
  map.flow = false;
  document.set("services", map);
  for (const [service, comments] of missing) {
    const key = document.createNode(service.name);
    key.commentBefore = comments.map((text) => ` ${text}`).join("\n");
    map.add(document.createPair(key, settingsOf(service)));
  }
  return document.toString({ lineWidth: 0 });
}

function entries(services: readonly Entry[], indent: string): string {
  return services
    .flatMap(([service, comments]) => [
      ...comments.map((text) => `# ${text}\n`),
      stringify({ [service.name]: settingsOf(service) }),
    ])
    .join("")
    .replaceAll(/^(?=.)/gm, indent);
}

function commentsOf(service: ServiceFacts, doubts: readonly Finding[]): readonly string[] {
  const { name, confidence, reason } = service;
  const doubt = confidence === "ask" ? pleaseCheck : confidence === "likely" ? "likely: " : "";
  const spoken = isBehindDoor(service) ? `; taken to speak ${spokenText(service)}` : "";
  return [
    `${doubt}${onOneLine(reason)}${spoken}`,
    ...doubts
      .filter((finding) => finding.service === name)
      .map(({ message, hint }) => `${pleaseCheck}${onOneLine(hint ? `${message}; ${hint}` : message)}`),
  ];
}

const pleaseCheck = "PLEASE CHECK: ";
const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ");

function settingsOf({ role, strategy, port }: ServiceFacts): Readonly<Record<string, unknown>> {
  return {
    role,
    // Where a person must say, the cautious strategy is written so that it can be changed knowingly.
    ...(strategy === "recreate" && isApplication(role) ? { strategy } : {}),
    ...(role === "web" && port !== null ? { port } : {}),
  };
}
