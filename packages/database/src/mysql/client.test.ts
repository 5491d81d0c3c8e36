import { expect, it } from "vitest";
import { clientError, withoutStatements } from "./client.ts";
import { restoreFailure } from "./restore.ts";

const dashes = "-".repeat(14);
const failed = (row: string, code = 4025) => `${dashes}
INSERT INTO \`people\` VALUES
('${row}')
${dashes}

ERROR ${code} (23000) at line 37: CONSTRAINT \`adult\` failed for \`shop\`.\`people\`
`;

it("what a client says is told without the statements that it repeats, whose rows are nobody's to read", () => {
  const stderr = `mariadb: a warning\n${failed(`error: ada@shop.test\n${dashes}\nx`)}${failed("eve@shop.test")}`;
  expect(withoutStatements(stderr)).toBe(
    `mariadb: a warning
ERROR 4025 (23000) at line 37: CONSTRAINT \`adult\` failed for \`shop\`.\`people\`
ERROR 4025 (23000) at line 37: CONSTRAINT \`adult\` failed for \`shop\`.\`people\`
`,
  );
  for (const error of [restoreFailure({ exitCode: 1, stderr }), clientError("mysql", { exitCode: 1, stderr })]) {
    expect(`${error.message} ${error.detail}`).not.toContain("shop.test");
    expect(error.message).toContain("CONSTRAINT `adult` failed");
  }
});

it("one that was cut off in such a statement is told without it, and no more than can be read", () => {
  expect(withoutStatements(`before\n${dashes}\nINSERT secret`)).toBe("before\n");
  expect(withoutStatements("x".repeat(10_000))).toHaveLength(4_002);
});
