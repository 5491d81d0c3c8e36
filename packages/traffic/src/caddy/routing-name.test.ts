import { expect, test } from "vitest";
import { firstNumber, parseRoutingName, routingName } from "./routing-name.ts";

test("a routing survives being a file's name, as Caddy gives it back", () => {
  const routing = { stable: "blue", share: 12.34, salt: 7, testers: true } as const;
  expect(parseRoutingName(`/${routingName(firstNumber, routing)}\n`)).toEqual(routing);
});

test("a later name comes before an earlier one", () => {
  const names = [3, 2, 1, 0].map((earlier) =>
    routingName(firstNumber - earlier, { stable: "blue", share: 0, salt: 0 }),
  );
  expect(names.toSorted()).toEqual(names);
});

test.each(["", "/routing.999999999.blue", "/routing.99.blue:1:2", "curl: (7)"])("%j is no routing", (name) => {
  expect(parseRoutingName(name)).toBeNull();
});
