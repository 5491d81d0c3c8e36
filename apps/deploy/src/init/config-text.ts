import type { ServiceFacts } from "@sluice/core";
import { type Document, isMap, parseDocument, YAMLMap } from "yaml";

const introduction = `# What each service is to a deployment, as inferred from the compose file. Correct what is wrong: roles are web, worker,
# job, data, edge, support and tool. Every other setting has a default; docs/sluice.example.yaml describes them all.
`;

/** The configuration with every service of the project named. What `existing` says stays as it is. */
export function configText(existing: string | null, services: readonly ServiceFacts[]): string {
  const document = parseDocument(existing ?? introduction);
  const missing = services.filter(({ name }) => !document.hasIn(["services", name]));
  if (missing.length === 0 && existing !== null) return existing;
  const map = servicesOf(document);
  for (const service of missing) map.add(describe(document, service));
  return document.toString({ lineWidth: 0 });
}

function servicesOf(document: Document): YAMLMap {
  const there = document.get("services");
  if (isMap(there)) {
    // `services: {}` written on one line would swallow the comments.
    there.flow = false;
    return there;
  }
  const map = new YAMLMap();
  document.set("services", map);
  return map;
}

function describe(document: Document, { name, role, strategy, confidence, reason, port }: ServiceFacts) {
  const settings = {
    role,
    // Where a person must say, the cautious strategy is written so that it can be changed knowingly.
    ...(strategy === "recreate" && (role === "web" || role === "worker") ? { strategy } : {}),
    ...(role === "web" && port !== null ? { port } : {}),
  };
  const pair = document.createPair(name, settings);
  const doubt = confidence === "ask" ? "PLEASE CHECK: " : confidence === "likely" ? "likely: " : "";
  const key = document.createNode(name);
  key.commentBefore = ` ${doubt}${reason.replaceAll(/\s+/g, " ")}`;
  pair.key = key;
  return pair;
}
