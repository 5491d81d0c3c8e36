import { parseConfig } from "@sluice/core";
import { expect, it } from "vitest";
import { checkSecrets } from "../project/check-secrets.ts";
import { resticOptions } from "./restic-store.ts";

const env = {
  RESTIC_PASSWORD: "hunter2",
  RESTIC_REPOSITORY: "rest:https://shop:s3same@backups/",
  AWS_SECRET_ACCESS_KEY: "key4",
};

it("paths are seen from the project; what lies elsewhere is restic's own business", () => {
  const surroundings = { directory: "/srv/shop", env };
  expect(resticOptions({ repository: "backups", passwordFile: "restic.key" }, surroundings, "shop")).toEqual({
    set: "shop",
    env,
    repository: "/srv/shop/backups",
    passwordFile: "/srv/shop/restic.key",
  });
  expect(resticOptions({ repository: "sftp:web1:/backups", name: "eu" }, surroundings, "shop")).toMatchObject({
    set: "eu",
    repository: "sftp:web1:/backups",
  });
  expect(resticOptions({}, surroundings, "shop").repository).toBeUndefined();
});

it("what opens the repository is masked wherever it could be shown, where there is one", () => {
  const secrets = (text: string) => checkSecrets(parseConfig(text, "sluice.yaml"), env);
  expect(secrets("database: { store: { restic: {} } }").toSorted()).toEqual(["hunter2", "key4", "s3same"]);
  expect(secrets("database: { store: { restic: { repository: 'rest:https://u:topsecret@h/' } } }")).toContain(
    "topsecret",
  );
  expect(secrets("database: {}")).toEqual([]);
});
