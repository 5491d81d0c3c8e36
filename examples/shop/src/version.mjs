import { readFileSync } from "node:fs";

/** What this build is: `{version, mode, startupMs, baseMs, migrations}`. */
export const release = {
  mode: "good",
  startupMs: 0,
  baseMs: 0,
  ...JSON.parse(readFileSync(new URL("../version.json", import.meta.url), "utf8")),
};

/** The column that this version keeps prices in. */
export const priceColumn = release.migrations === "breaking" ? "price" : "price_cents";
