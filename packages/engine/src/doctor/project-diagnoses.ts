import { type Diagnosis, type Finding, formatPosition } from "@sluice/core";

const whys: Readonly<Record<string, string>> = {
  "variable-not-set": "a container gets an empty text in its place, which shows only when it is used",
  "variable-empty": "a container gets an empty text, which shows only when it is used",
};

/** Of what the project says of itself, what a deployment would fail by. Advice is for `sluice plan`. */
export function projectDiagnoses(findings: readonly Finding[]): readonly Diagnosis[] {
  return findings
    .filter(({ severity, code }) => severity === "error" || code in whys)
    .map(({ severity, code, message, hint, position }) => ({
      severity: severity === "error" ? "error" : "warn",
      code,
      what: `${formatPosition(position)}${message}`,
      why: whys[code] ?? "deployments are refused",
      mend: hint ?? "see sluice plan",
    }));
}
