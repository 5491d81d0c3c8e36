import { anything, assert, constant, oneof, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSquawk } from "./squawk-output.ts";

const said = (over: object = {}) => ({
  file: "stdin",
  line: 1,
  column: 2,
  level: "Warning",
  message: "Dropping a column\n  may break clients.",
  help: null,
  rule_name: "ban-drop-column",
  column_end: 9,
  line_end: 1,
  ...over,
});
const script = "begin;\nalter table a drop column b;\ninsert into a values ('s3cret\nx', 's3cret');\ncommit;\n";

describe("what squawk says", () => {
  it("is told once of all statements that it is said of, and without their values", () => {
    const output = JSON.stringify([
      said(),
      said({ line: 2, line_end: 3 }),
      said({ rule_name: "other", help: "Do not.", line: 2, line_end: 2 }),
      said({ rule_name: "other", message: "x", line: 3, line_end: undefined }),
    ]);
    const drop = { rule: "ban-drop-column", message: "Dropping a column may break clients.", help: null };
    expect(parseSquawk(output, script)).toEqual([
      { ...drop, statement: "alter table a drop column b;", times: 2 },
      { ...drop, rule: "other", help: "Do not.", statement: "insert into a values (?", times: 1 },
      { ...drop, rule: "other", message: "x", statement: ", ?);", times: 1 },
    ]);
    expect(output + JSON.stringify(parseSquawk(output, script))).not.toContain("s3cret");
  });

  it("is bounded", () => {
    const many = Array.from({ length: 300 }, (_, index) => said({ message: `${index}${"x".repeat(9_000)}` }));
    const found = parseSquawk(JSON.stringify(many), script);
    expect(found).toHaveLength(100);
    expect(found?.every(({ message }) => message.length <= 500)).toBe(true);
  });

  it("is nothing where it is rubbish", () => {
    const rubbish = [anything(), string()] as const;
    const almost = record({
      rule_name: oneof(constant("a-rule"), ...rubbish),
      message: oneof(...rubbish),
      line: anything(),
    });
    const outputs = oneof(
      string(),
      anything().map(asJson),
      almost.map((one) => asJson([one])),
    );
    assert(
      property(outputs, string(), (output, sql) => {
        for (const finding of parseSquawk(output, sql) ?? []) {
          expect(finding.rule).toMatch(/^[a-z][a-z0-9-]*$/);
          expect(finding.statement.length).toBeLessThanOrEqual(240);
        }
      }),
    );
  });
});

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "{";
  }
}
