import { describe, expect, it } from "vitest";
import type { Finding } from "../model/finding.ts";
import { aService } from "../testing/index.ts";
import { inferredSettings, openQuestions } from "./inferred-settings.ts";

const web = aService("web", { port: 8080, reason: "publishes port 8080" });
const uploads = { ...web, name: "uploads", strategy: "recreate", reason: "it writes to volume files" } as const;
const other = aService("other", { role: "worker", strategy: "recreate", confidence: "ask", reason: "nothing tells" });
const about = (service: string): Finding => ({ severity: "error", code: "cannot-be-two", service, message: "no" });

describe("what is written of an inference", () => {
  it("is what nothing is found against", () => {
    expect(inferredSettings(web, [])).toEqual({ certain: { role: "web", port: 8080 }, open: {} });
    expect(inferredSettings(aService("db", { role: "data", strategy: "recreate" }), [])).toEqual({
      certain: { role: "data" },
      open: {},
    });
  });

  it("is not that it is replaced with a gap, which a person may know better", () => {
    const settings = { certain: { role: "web", port: 8080 }, open: { strategy: "recreate" } };
    expect(inferredSettings(uploads, [about("web")])).toEqual(settings);
  });

  it("is that, too, where nothing else can be", () => {
    const settings = { certain: { role: "web", port: 8080, strategy: "recreate" }, open: {} };
    expect(inferredSettings(uploads, [about("uploads")])).toEqual(settings);
  });

  it("is that, too, of what is not active here, of which nothing is found", () => {
    const settings = { certain: { role: "web", port: 8080, strategy: "recreate" }, open: {} };
    expect(inferredSettings({ ...uploads, active: false }, [])).toEqual(settings);
  });

  it("is nothing of a guess, nor a gap that nobody gets before it is written", () => {
    const settings = { certain: {}, open: { role: "worker", strategy: "recreate" } };
    expect(inferredSettings(other, [about("uploads")])).toEqual(settings);
    expect(inferredSettings(other, [about("other")])).toEqual({ certain: {}, open: { role: "worker" } });
  });
});

describe("what a person is to look at", () => {
  it("is what was guessed, what has a gap that nobody asked for, and what is doubtful", () => {
    const doubt = {
      severity: "warn",
      code: "protocol-unsure",
      service: "web",
      message: "two ports",
      hint: "say",
    } as const;
    const said = { services: { asked: { strategy: "recreate" } } } as const;
    const all = [web, uploads, other, { ...uploads, name: "asked" }, { ...other, name: "tests", active: false }];
    const data = aService("files", {
      role: "data",
      strategy: "recreate",
      confidence: "ask",
      reason: "it has a volume",
    });
    expect(openQuestions([...all, data], said, { findings: [], doubts: [doubt] })).toEqual([
      { service: "web", message: "two ports; say" },
      { service: "uploads", message: "replaced with a gap at each deployment: it writes to volume files" },
      {
        service: "other",
        message:
          "taken for worker, which is a guess, and replaced with a gap at each deployment until you say what it is: nothing tells",
      },
      { service: "files", message: "taken for data, which is a guess: it has a volume" },
    ]);
    expect(openQuestions([other], said, { findings: [about("other")], doubts: [] })[0]?.message).toBe(
      "taken for worker, which is a guess, and cannot run twice: a deployment is refused until you say what it is, with strategy: recreate: nothing tells",
    );
  });
});
