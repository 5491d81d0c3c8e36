import { expect, it } from "vitest";
import { aStack } from "../../testing/index.ts";
import { restartFindings } from "./restart-findings.ts";

const lost = (container: string, slot: "blue" | "green" | null) => ({
  slot,
  service: "web",
  container,
  policy: "unless-stopped",
});

it("what nothing starts again is told with what gives its policy back, of base and of the slot that is looked at", () => {
  const lostRestarts = [lost("shop-db-1", null), lost("shop-blue-web-1", "blue"), lost("shop-green-web-1", "green")];
  expect(restartFindings({ lostRestarts }, "blue")).toMatchObject([
    {
      severity: "warn",
      code: "restart-lost",
      message:
        "shop-db-1 has lost its restart policy (unless-stopped): it stays down when it ends, or when the engine restarts",
      hint: "docker update --restart=unless-stopped shop-db-1",
    },
    { hint: "docker update --restart=unless-stopped shop-blue-web-1" },
  ]);
  expect(restartFindings(aStack(), null)).toEqual([]);
});
