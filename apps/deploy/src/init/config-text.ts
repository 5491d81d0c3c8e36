import type { ServiceFacts } from "@sluice/core";
import { isApplication } from "@sluice/core";
import { type Document, isMap, LineCounter, parseDocument, stringify, YAMLMap } from "yaml";

const introduction = `# What each service is to a deployment, as inferred from the compose file. Correct what is wrong: roles are web, worker,
# job, data, edge, support and tool. Every other setting has a default; docs/sluice.example.yaml describes them all.
`;

/** The configuration with every service of the project named. What `existing` says stays as it is, to the letter; lines end as its first one does. */
export function configText(existing: string | null, services: readonly ServiceFacts[]): string {
  const text = existing ?? introduction;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const missing = services.filter(({ name }) => !document.hasIn(["services", name]));
  if (missing.length === 0 && existing !== null) return existing;
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? "\n";
  const own = (added: string) => added.replaceAll(/\r?\n/g, lineBreak);
  const map = document.get("services");
  if (!document.has("services")) {
    const section = missing.length > 0 ? `services:\n${entries(missing, "  ")}` : "services: {}\n";
    return `${text}${own(`${lineEnd(text)}${text.trim() === "" ? "" : "\n"}${section}`)}`;
  }
  const first = isMap(map) && !map.flow && map.items.length > 0 ? map.range : null;
  if (!first) return own(rewritten(document, missing));
  const [start, end] = first;
  const indent = " ".repeat(lines.linePos(start).col - 1);
  const at = text[end - 1] === "\n" ? end : text.indexOf("\n", end) + 1 || text.length;
  const before = text.slice(0, at);
  return `${before}${own(`${lineEnd(before)}${entries(missing, indent)}`)}${text.slice(at)}`;
}

/** What ends the last line of a text; empty where it has ended. */
function lineEnd(text: string): string {
  return text === "" || text.endsWith("\n") ? "" : "\n";
}

/** A map on one line has no place for comments: only then the document is written anew. */
function rewritten(document: Document, missing: readonly ServiceFacts[]): string {
  const there = document.get("services");
  const map = isMap(there) ? there : new YAMLMap();
  map.flow = false;
  document.set("services", map);
  for (const service of missing) {
    const key = document.createNode(service.name);
    key.commentBefore = ` ${whyText(service)}`;
    map.add(document.createPair(key, settingsOf(service)));
  }
  return document.toString({ lineWidth: 0 });
}

function entries(services: readonly ServiceFacts[], indent: string): string {
  return services
    .map((service) => `# ${whyText(service)}\n${stringify({ [service.name]: settingsOf(service) })}`)
    .join("")
    .replaceAll(/^(?=.)/gm, indent);
}

function whyText({ confidence, reason }: ServiceFacts): string {
  const doubt = confidence === "ask" ? "PLEASE CHECK: " : confidence === "likely" ? "likely: " : "";
  return `${doubt}${reason.replaceAll(/\s+/g, " ")}`;
}

function settingsOf({ role, strategy, port }: ServiceFacts): Readonly<Record<string, unknown>> {
  return {
    role,
    // Where a person must say, the cautious strategy is written so that it can be changed knowingly.
    ...(strategy === "recreate" && isApplication(role) ? { strategy } : {}),
    ...(role === "web" && port !== null ? { port } : {}),
  };
}
