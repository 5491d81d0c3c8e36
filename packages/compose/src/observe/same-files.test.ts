import { expect, it } from "vitest";
import { sameFilesProjects } from "./same-files.ts";

const container = (name: string, project: string, files: string, oneoff = "False") => ({
  Id: name,
  Names: [`/${name}`],
  Labels: {
    "com.docker.compose.project": project,
    "com.docker.compose.project.config_files": files,
    "com.docker.compose.oneoff": oneoff,
  },
});
const wanted = { stack: "mystack", files: ["/srv/shop/compose.yaml"] };

it("of the same files is what has the same first one, under another name", () => {
  const containers = [
    container("shop-web-1", "shop", "/srv/shop/compose.yaml,/srv/shop/compose.override.yaml"),
    container("shop-db-1", "shop", "/srv/shop/compose.yaml"),
    container("shop-web-run-1", "shop", "/srv/shop/compose.yaml", "True"),
    container("other-web-1", "other", "/srv/other/compose.yaml"),
    container("mystack-web-1", "mystack", "/srv/shop/compose.yaml"),
    // Sluice gives Compose its models through standard input.
    container("old-web-1", "old", "-"),
  ];
  expect(sameFilesProjects(wanted, containers)).toEqual([{ project: "shop", containers: ["shop-db-1", "shop-web-1"] }]);
});

it("nothing is where no file is known", () => {
  expect(sameFilesProjects({ ...wanted, files: [] }, [container("a", "shop", "")])).toEqual([]);
});
