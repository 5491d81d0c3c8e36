import { type Finding, type InferredSettings, inferredSettings, isBehindDoor, type ServiceFacts } from "@sluice/core";
import { type Document, isMap, LineCounter, parseDocument, stringify, YAMLMap } from "yaml";
import { spokenText } from "../render/words.ts";

const introduction = `# What each service is to a deployment, as inferred from the compose file. Correct what is wrong: roles are web, worker,
# job, data, edge, support and tool. A setting behind a # is inferred, too, and holds until you say something: take the # away
# to have it so for good. Every other setting has a default; docs/sluice.example.yaml describes them all.
`;

interface ConfigTextOptions {
  readonly findings?: readonly Finding[];
  readonly doubts?: readonly Finding[];
  readonly database?: string | undefined;
}

/** A service, and what is written above it. */
interface Entry extends InferredSettings {
  readonly service: ServiceFacts;
  readonly comments: readonly string[];
}

/**
 * The configuration with every service of the project named. What `existing` says stays as it is, to the letter; lines end as its first one does.
 *
 * @param findings of the project
 * @param doubts those of what a person must decide about services, beside what each is
 * @param database the one that is to be backed up, where there is no section for it yet
 */
export function configText(
  existing: string | null,
  services: readonly ServiceFacts[],
  { findings = [], doubts = [], database }: ConfigTextOptions = {},
): string {
  const entries = services.map((service) => ({
    service,
    comments: commentsOf(service, doubts),
    ...inferredSettings(service, findings),
  }));
  const text = withServices(existing, entries);
  if (database === undefined) return text;
  const comment = `# ${database} is backed up before each new release, and the backup restored to prove it; { beforeDeploy: none }: you see to that.`;
  return withSection(text, `${comment}\ndatabase: {}\n`);
}

function withServices(existing: string | null, services: readonly Entry[]): string {
  const text = existing ?? introduction;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const missing = services.filter(({ service }) => !document.hasIn(["services", service.name]));
  if (missing.length === 0 && existing !== null) return existing;
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
  const { contents: map } = document;
  if (!isMap(map) || !map.flow) return withText(text, section);
  const [start, end] = map.range ?? [0, 0];
  // Without anything in it, it would be written in braces all the same.
  if (map.items.length === 0) return withText(`${text.slice(0, start)}${text.slice(end).trimStart()}`, section);
  map.flow = false;
  return withText(endedAs(text, document.toString({ lineWidth: 0 })), section);
}

function withText(text: string, section: string): string {
  return `${text}${endedAs(text, `${lineEnd(text)}${text.trim() === "" ? "" : "\n"}${section}`)}`;
}

/** What is added to a text, with lines that end as its first one does. */
function endedAs(text: string, added: string): string {
  return added.replaceAll(/\r?\n/g, /\r?\n/.exec(text)?.[0] ?? "\n");
}

/** What ends the last line of a text; empty where it has ended. */
function lineEnd(text: string): string {
  return text === "" || text.endsWith("\n") ? "" : "\n";
}

/** A map on one line has no place for comments: only then the document is written anew. */
function rewritten(document: Document, missing: readonly Entry[]): string {
  const there = document.get("services");
  const map = isMap(there) ? there : new YAMLMap();
  map.flow = false;
  if (isMap(document.contents)) document.contents.flow = false;
  document.set("services", map);
  for (const { service, comments, ...settings } of missing) {
    const key = document.createNode(service.name);
    key.commentBefore = comments.map((text) => ` ${text}`).join("\n");
    map.add(document.createPair(key, written(settings)));
  }
  return withOpenAsComments(document.toString({ lineWidth: 0 }));
}

function entries(services: readonly Entry[], indent: string): string {
  const lines = services
    .flatMap(({ service, comments, ...settings }) => [
      ...comments.map((text) => `# ${text}\n`),
      stringify({ [service.name]: written(settings) }),
    ])
    .join("");
  return withOpenAsComments(lines).replaceAll(/^(?=.)/gm, indent);
}

/** No comment of a document stands where it is meant to in all its shapes, but a setting does: it is made a comment in the text. */
const openMark = "is-open-in-sluice-";

function written({ certain, open }: InferredSettings): Readonly<Record<string, unknown>> {
  return {
    ...certain,
    ...Object.fromEntries(Object.entries(open).map(([key, value]) => [`${openMark}${key}`, value])),
  };
}

function withOpenAsComments(text: string): string {
  const line = new RegExp(`^( *)${openMark}(\\w+): (.+)$`, "gm");
  return text.replaceAll(line, (_all, indent: string, key: string, value: string) => {
    const meaning = key === "strategy" ? " # for now: with a gap at each deployment" : "";
    return `${indent}# ${key}: ${value}${meaning}`;
  });
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
