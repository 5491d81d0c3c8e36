import { isBehindDoor, type ServiceFacts } from "@sluice/core";
import type { PlanView } from "@sluice/wiring";
import { formatSection, formatTable } from "./table.ts";
import { findingText, servingText, spokenText } from "./words.ts";

/** A plan for people: the steps with their causes, what each service was taken for, and what they should know. */
export function planText({ tag, serving, text, plan, services, findings }: PlanView): string {
  return [
    `${plan.kind} ${tag}; now ${servingText(serving)}\n`,
    formatSection("steps", text),
    formatSection("services", servicesTable(services)),
    formatSection("findings", findings.map((finding) => `${findingText(finding)}\n`).join("")),
  ].join("");
}

const sureness = {
  configured: "as configured",
  sure: "inferred, sure",
  likely: "inferred, likely",
  ask: "please say",
} as const;

function servicesTable(services: readonly ServiceFacts[]): string {
  return formatTable(
    ["service", "role", "strategy", "protocol", "how sure", "why"],
    services.filter(({ active }) => active).map(cellsOf),
  );
}

function cellsOf(service: ServiceFacts): readonly string[] {
  const { name, role, strategy, confidence, reason } = service;
  return [name, role, strategy, isBehindDoor(service) ? spokenText(service) : "", sureness[confidence], reason];
}
