import { expect, it } from "vitest";
import { sameFilesFindings } from "./same-files.ts";

it("what runs from the same files under another name can be taken over under that name", () => {
  const sameFiles = [{ project: "shop", containers: ["shop-db-1", "shop-web-1"] }];
  expect(sameFilesFindings({ stack: "mystack", sameFiles })).toEqual([
    {
      severity: "warn",
      code: "same-files-elsewhere",
      message:
        "Compose project shop is made of these compose files too (shop-db-1 shop-web-1): stack mystack begins beside it, in empty volumes of its own, and what routes by labels finds both",
      hint: "to take that over, with its data: --project-name shop",
    },
  ]);
  expect(sameFilesFindings({ stack: "mystack" })).toEqual([]);
});
