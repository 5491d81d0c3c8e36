import type { Finding, ServiceFacts } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aPlanView, fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

const service = {
  name: "web",
  role: "web",
  strategy: "slots",
  protocol: "h2",
  confidence: "likely",
  reason: "publishes port 8080",
  active: true,
} as ServiceFacts;
const finding: Finding = {
  severity: "warn",
  code: "variable-not-set",
  message: "DB_HOST is not set",
  hint: "set it",
  position: { file: "compose.yaml", line: 4, column: 7 },
};
const planning = () => fakeDeployer({ plan: async () => aPlanView({ services: [service], findings: [finding] }) });

describe("sluice plan", () => {
  it.each([[["plan"]], [["deploy", "--plan"]]])(
    "shows steps with causes, what was inferred and what to know: %j",
    async (argv) => {
      const { stdout, exitCode, deployer } = await run(argv, { deployer: planning() });
      expect(exitCode).toBe(0);
      expect(stdout).toBe(`deploy v2; now v1 serves (blue, 100 %)

steps
  1. build   release v2  (v2 is not stored)
  2. verify  slot green  (users must not find out)

services
  service  role  strategy  protocol  how sure          why
  web      web   slots     h2        inferred, likely  publishes port 8080

findings
  warn compose.yaml:4:7: DB_HOST is not set [variable-not-set]; set it
`);
      expect(deployer.calls.map(([name]) => name)).not.toContain("deploy");
    },
  );

  it("prints one object with --json", async () => {
    const { stdout } = await run(["plan", "--json"], { deployer: planning() });
    expect(events(stdout)).toMatchObject([{ v: 1, tag: "v2", plan: { candidate: "green" }, findings: [finding] }]);
  });

  it("annotates findings in GitHub Actions", async () => {
    const { stdout } = await run(["plan"], { deployer: planning(), env: { GITHUB_ACTIONS: "true" } });
    expect(stdout).toContain(
      "::warning title=variable-not-set,file=compose.yaml,line=4,col=7::DB_HOST is not set%0Aset it\n",
    );
  });

  it("exits 0 for an event that is not one to deploy", async () => {
    const ran = await run(["plan"], { resolveRelease: async () => ({ ignored: "v2 is a draft" }) });
    expect([ran.exitCode, ran.stdout]).toEqual([0, "nothing to do: v2 is a draft\n"]);
  });
});
