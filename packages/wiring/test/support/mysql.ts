import { spawnSync } from "node:child_process";
import { askedUntilReady } from "./asked-until-ready.ts";

export const mysqlImage = "sluice-test/mysql:9";

const { status } = spawnSync("docker", ["image", "inspect", mysqlImage], { stdio: "ignore" });

/** Why tests with it are skipped, as the end of a title; empty where it is there. */
export const missingMysql = status === 0 ? "" : " (skipped: there is no image of it, see bin/setup images)";

/** Its volume, `data`, is the project's. */
export const mysqlVolumes = { data: {} };

/**
 * A service with a database `shop` and an account `shop`, healthy once that one is let in.
 *
 * @param passwords of the account, and of root
 */
export function mysqlService({ password, root }: { readonly password: string; readonly root: string }) {
  return {
    image: mysqlImage,
    environment: {
      MYSQL_ROOT_PASSWORD: root,
      MYSQL_DATABASE: "shop",
      MYSQL_USER: "shop",
      MYSQL_PASSWORD: password,
    },
    volumes: ["data:/var/lib/mysql"],
    healthcheck: {
      test: ["CMD-SHELL", "MYSQL_PWD=$$MYSQL_PASSWORD mysqladmin -h 127.0.0.1 -u shop ping"],
      ...askedUntilReady,
    },
  };
}
