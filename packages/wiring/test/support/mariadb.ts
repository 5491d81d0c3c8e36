import { askedUntilReady } from "./asked-until-ready.ts";

export const mariadbImage = "sluice-test/mariadb:10.11";

/** Its volume, `data`, is the project's. */
export const mariadbVolumes = { data: {} };

/**
 * A service with a database `shop` and an account `shop`, healthy once that one is let in.
 *
 * @param passwords of the account, and of root
 */
export function mariadbService({ password, root }: { readonly password: string; readonly root: string }) {
  return {
    image: mariadbImage,
    environment: {
      MARIADB_ROOT_PASSWORD: root,
      MARIADB_DATABASE: "shop",
      MARIADB_USER: "shop",
      MARIADB_PASSWORD: password,
    },
    volumes: ["data:/var/lib/mysql"],
    healthcheck: {
      test: ["CMD-SHELL", "MYSQL_PWD=$$MARIADB_PASSWORD mariadb-admin -h 127.0.0.1 -u shop ping"],
      ...askedUntilReady,
    },
  };
}
