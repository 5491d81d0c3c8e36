import { describe, expect, it } from "vitest";
import { layouts } from "../test/layouts.ts";
import { aStaging, factsOf, productionHere } from "../test/support/facts-of.ts";
import { ordinaryUse } from "../test/support/github-uses.ts";
import type { WorkflowFile } from "./facts.ts";
import { usualMinutes } from "./job-minutes.ts";
import { type ProfileSources, profilesToSet } from "./profiles.ts";
import { projectWorkflows } from "./project-workflows.ts";
import { existingDeployments } from "./read-existing.ts";
import { schedulesOf } from "./schedules.ts";
import { neededVariables, type VariableSources, variablesLeftUnset } from "./variables.ts";
import { type CheckoutTexts, profilesHere, unsetVariables, workflowFacts } from "./workflow-facts.ts";

describe("facts of a checkout", () => {
  it("are those of the deployment by hand, without files for development", () => {
    expect(factsOf(layouts["Traefik as a stack of its own"])).toEqual({
      files: ["docker-compose.yml"],
      runsOn: ["self-hosted", "production"],
      migration: null,
      hasDatabase: true,
      schedules: schedulesOf([], "production", "UTC"),
      minutes: usualMinutes,
      hasSubmodules: false,
      environment: productionHere,
      github: ordinaryUse,
      releaseVariables: [],
      variables: [
        { name: "STACK_NAME", value: "${{ secrets.STACK_NAME_PRODUCTION }}" },
        { name: "DOMAIN", value: "${{ secrets.DOMAIN_PRODUCTION }}" },
        { name: "SECRET_KEY", value: "${{ secrets.SECRET_KEY }}" },
        { name: "ENVIRONMENT", value: "production" },
      ],
    });
  });

  it("have a migration that was a step, and variables of steps", () => {
    const facts = factsOf(layouts["Traefik in the same project, with a migrate step"]);
    expect(facts).toMatchObject({
      files: ["compose.yml", "compose.deploy.yml"],
      migration: {
        service: "backend",
        command: "bash scripts/prestart.sh",
        files: ["compose.yml", "compose.deploy.yml"],
      },
    });
    expect(facts.variables.map(({ name }) => name)).toEqual(["STACK_NAME", "DOMAIN", "POSTGRES_PASSWORD", "SMTP_HOST"]);
    const files = projectWorkflows(facts);
    expect(files.map(({ path }) => path)).toContain("compose.sluice.yml");
    expect(files[0]?.text).toContain("COMPOSE_FILE: compose.yml:compose.deploy.yml:compose.sluice.yml\n");
  });

  it.each([
    [{ "a.yml": "services: { db: {} }", "b.yml": "services: { web: {} }" }, ["b.yml"]],
    [{ "x/a.yml": "services: { web: {} }", "x/b.yml": "services: { web: {} }", "c.yml": "" }, ["a.yml", "b.yml"]],
    [{ "x/a.yml": "services: {}", "c.yml": "services: { web: {} }" }, ["../c.yml"]],
    [{ "a.yml": "services: { web: {} }", "b.yml": "name: x\n---\nservices: { web: {} }" }, ["a.yml", "b.yml"]],
    [{ "a.yml": "services: { web: {} }", "compose.sluice.yml": "services: { web: {} }" }, ["a.yml"]],
    [{ "a.yml": "include: [web.yml]", "b.yml": "services: {}" }, ["a.yml"]],
  ])("have the files that say something of the service that migrates: %j", (texts, expected) => {
    const composeFiles = Object.entries(texts).map(([path, text]) => ({ path, text }));
    const compose = `docker compose ${composeFiles.map(({ path }) => `-f ${path}`).join(" ")}`;
    const text = `jobs: { a: { runs-on: self-hosted, steps: [{ run: "${compose} run web migrate" }, { run: "${compose} up -d" }] } }`;
    const { migration } = factsOf({ composeFiles, workflows: [{ path: ".github/workflows/ship.yml", text }] });
    expect(migration?.files).toEqual(expected);
  });

  it("are what the compose files say where nothing deploys yet", () => {
    expect(factsOf(layouts["no workflow yet"])).toMatchObject({
      files: ["compose.yaml"],
      runsOn: ["self-hosted", "production"],
      variables: [{ name: "STACK_NAME" }, { name: "VERSION", value: "${{ secrets.VERSION }}" }],
    });
  });

  it("of another environment have its names, and nothing of the workflow for production", () => {
    const { files, runsOn, variables } = factsOf(layouts["Traefik as a stack of its own"], { environment: aStaging });
    expect([files, runsOn]).toEqual([["docker-compose.yml"], ["self-hosted", "staging"]]);
    expect(variables).toEqual([
      { name: "STACK_NAME", value: "${{ secrets.STACK_NAME_STAGING }}" },
      { name: "DOMAIN", value: "${{ secrets.DOMAIN_STAGING }}" },
      { name: "SECRET_KEY", value: "${{ secrets.SECRET_KEY_STAGING }}" },
    ]);
  });

  it("of another environment have the secrets that its workflow names, where there is one", () => {
    const layout = layouts["Traefik as a stack of its own"];
    const ofStaging = layout.workflows.map(({ text }) => ({ path: ".github/workflows/deploy-staging.yml", text }));
    const workflows = [...layout.workflows, ...ofStaging];
    const { variables } = factsOf({ ...layout, workflows }, { environment: aStaging });
    expect(variables).toContainEqual({ name: "SECRET_KEY", value: "${{ secrets.SECRET_KEY }}" });
  });

  it("of another environment name a secret of its own for what the configuration refers to", () => {
    const facts = factsOf(layouts["no workflow yet"], { environment: aStaging, configVariables: ["CHAT_URL"] });
    expect(facts.variables).toContainEqual({ name: "CHAT_URL", value: "${{ secrets.CHAT_URL_STAGING }}" });
  });

  it("have of a step, of another event and of a release only what every job knows", () => {
    const layout = layouts["values of a release and of steps"];
    const { variables, releaseVariables } = factsOf(layout);
    expect(variables).toEqual([
      { name: "STACK_NAME", value: "${{ secrets.STACK_NAME_PRODUCTION }}" },
      { name: "IMAGE", value: "${{ secrets.IMAGE }}" },
      { name: "TAG", value: "${{ github.ref_name }}" },
      { name: "DIGEST", value: "${{ secrets.DIGEST }}" },
      { name: "REGISTRY", value: "ghcr.io" },
      { name: "REVISION", value: "${{ github.sha }}" },
      { name: "WORKERS", value: "${{ secrets.WORKERS || '2' }}" },
    ]);
    expect(releaseVariables).toEqual([
      { name: "TAG", value: "${{ github.event.release.tag_name }}" },
      { name: "NOTES", value: "${{ github.event.release.html_url }}" },
    ]);
    const [existing] = existingDeployments(layout.workflows);
    expect(existing?.altered.map(({ name, inDeployment, inOthers }) => [name, inDeployment, inOthers])).toEqual([
      ["TAG", "${{ github.event.release.tag_name }}", "${{ github.ref_name }}"],
      ["NOTES", "${{ github.event.release.html_url }}", null],
      ["REVISION", "${{ github.sha }}", "${{ github.sha }}"],
      ["DIGEST", null, null],
      ["CACHE", null, null],
      ["IMAGE", null, null],
      ["ACTOR", null, null],
      ["GREETING", null, null],
    ]);
  });

  it("leave nothing of a release to a workflow that none starts", () => {
    const [deploy, ...others] = projectWorkflows(factsOf(layouts["values of a release and of steps"]));
    expect(deploy?.text).toContain("      TAG: ${{ github.event.release.tag_name }}\n");
    expect(deploy?.text).not.toContain("github.ref_name");
    expect(others).toHaveLength(3);
    for (const { text } of others) {
      expect(text).toContain("      TAG: ${{ github.ref_name }}\n");
      expect(text).not.toContain("github.event.release");
    }
  });

  it("have what the configuration refers to, and never a token for all steps", () => {
    const own = { ...ordinaryUse, token: "${DEPLOY_TOKEN}" };
    const checkout = {
      composeFiles: [{ path: "compose.yml", text: "services: {}" }],
      filesAreNamed: false,
      read: () => null,
      envFileText: "CHAT_URL=unused\n",
      workflows: [],
      hasDatabase: false,
      hasSubmodules: false,
      configVariables: ["CHAT_URL", "DEPLOY_TOKEN"],
      timezone: "UTC",
      environment: productionHere,
      github: own,
    };
    const facts = workflowFacts(checkout);
    expect(facts.variables.map(({ name }) => name)).toEqual(["STACK_NAME", "CHAT_URL"]);
    const again = workflowFacts({ ...checkout, workflows: projectWorkflows(facts) });
    expect(again.variables).toEqual(facts.variables);
  });

  it.each(
    Object.entries(layouts).flatMap(([name, layout]) =>
      [productionHere, { ...productionHere, isConfigured: true }, aStaging].map(
        (environment) => [name, environment.name, layout, environment] as const,
      ),
    ),
  )("are the same from what was written: %s, %s", (_, __, layout, environment) => {
    const first = factsOf(layout, { environment });
    const written = projectWorkflows(first);
    const composeFiles = [...layout.composeFiles, ...written.filter(({ path }) => !path.startsWith(".github/"))];
    const workflows = written.filter(({ path }) => path.startsWith(".github/"));
    const again = factsOf({ composeFiles, workflows }, { environment });
    const textsOf = (files: readonly WorkflowFile[]) => files.filter(({ path }) => path.startsWith(".github/"));
    expect(textsOf(projectWorkflows(again))).toEqual(textsOf(written));
    const [deployment] = existingDeployments(workflows, environment.name);
    expect(deployment?.altered.filter(({ inDeployment }) => inDeployment === null)).toEqual([]);
  });

  it("keep a variable that is called like one of the steps that are written", () => {
    const [deploy, ...others] = projectWorkflows(factsOf(layouts["no workflow yet"]));
    const text = deploy?.text.replace("    env:\n", "    env:\n      DEPLOYMENT: ours\n") ?? "";
    const workflows = [{ path: deploy?.path ?? "", text }, ...others];
    expect(factsOf({ ...layouts["no workflow yet"], workflows }).variables).toContainEqual({
      name: "DEPLOYMENT",
      value: "ours",
    });
  });
});

function checkoutWith(parts: Pick<CheckoutTexts, "composeFiles" | "workflows">): CheckoutTexts {
  return {
    filesAreNamed: false,
    read: (path) => parts.composeFiles.find((file) => file.path === path)?.text ?? null,
    envFileText: "",
    hasDatabase: false,
    hasSubmodules: false,
    configVariables: [],
    timezone: "UTC",
    environment: productionHere,
    github: ordinaryUse,
    ...parts,
  };
}

describe("variables that come from outside", () => {
  const of = (text: string, envFileText = "") =>
    neededVariables({ environment: "production", composeTexts: [text], envFileText }).map(({ name }) => name);

  it.each([
    ["$A ${B} ${C:?x} ${D?x}", ["A", "B", "C", "D"]],
    ["$$A ${B:-x} ${C-} ${D:+x} $$$$E", []],
    ["$$$A", ["A"]],
    ["# ${A}\n  # $B\nx: $C # $D", ["C", "D"]],
    ["${COMPOSE_PROJECT_NAME}", []],
  ])("%j needs %j", (text, names) => {
    expect(of(text)).toEqual(names);
  });

  it.each([
    ["[STRIPE_KEY, 'PORT=80', \"EMPTY=\"]", ["STRIPE_KEY"]],
    ["{ STRIPE_KEY: , PORT: 80, EMPTY: '', OFF: false }", ["STRIPE_KEY"]],
    ["['$STRIPE_KEY', COMPOSE_PROJECT_NAME, '', not.a-name]", ["STRIPE_KEY"]],
    ["!override [STRIPE_KEY]", ["STRIPE_KEY"]],
    ["!reset {}", []],
    ["text", []],
  ])("are those that a service is given by their name alone, too: %s", (environment, names) => {
    const text = `services:\n  web: { environment: ${environment} }\n  other: none\n`;
    expect(of(text)).toEqual(names);
    expect(of(text, "STRIPE_KEY=sk\n")).toEqual(names);
    expect(of(text.replaceAll("STRIPE_KEY", "SMTP_AUTH"), "SMTP_AUTH=plain\n")).toEqual([]);
  });

  const unsetOf = (text: string, more: Partial<VariableSources> = {}) =>
    variablesLeftUnset({ environment: "production", composeTexts: [text], envFileText: "", ...more });

  it("are those of every document of a file, each once", () => {
    const text = "services: { a: { environment: [A_KEY] } }\n---\nservices: { b: { environment: [B_KEY, A_KEY] } }\n";
    expect(of(text)).toEqual(["A_KEY", "B_KEY"]);
  });

  it("are none that is given by its name and is no secret: empty is something else than not set", () => {
    const machine = ["HOME", "PATH", "TZ", "LANG", "CI", "HTTP_PROXY", "no_proxy"];
    const environment = ["LOG_LEVEL", "API_KEY", "MODE", "LOG_LEVEL", ...machine];
    const text = JSON.stringify({ services: { web: { environment } } });
    expect(of(text, "MODE=fast\n")).toEqual(["API_KEY"]);
    expect(unsetOf(text, { envFileText: "MODE=fast\n" })).toEqual(["LOG_LEVEL"]);
    expect(of(`x: $LOG_LEVEL\n---\n${text}`)).toEqual(["LOG_LEVEL", "API_KEY"]);
  });

  it.each([
    [undefined, "", []],
    ["", "COMPOSE_PROFILES=dev\n", []],
    ["prod, dev", "", ["API_KEY"]],
    ["*", "", ["API_KEY"]],
    ["${{ vars.PROFILES }}", "", ["API_KEY"]],
    [undefined, "COMPOSE_PROFILES=dev\n", ["API_KEY"]],
  ])(
    "are none of a service that does not run, with the profiles %j, and %j in the env file",
    (profiles, envFileText, names) => {
      const text =
        "services: { tool: { profiles: [dev] } }\n---\nservices: { tool: { environment: [API_KEY, LOG_LEVEL] } }\n";
      const sources = { environment: "production", composeTexts: [text], envFileText, profiles };
      expect(neededVariables(sources).map(({ name }) => name)).toEqual(names);
      expect(unsetOf(text, sources)).toEqual(names.map(() => "LOG_LEVEL"));
    },
  );

  it("are those of a service that is run, or extended, whatever its profiles", () => {
    const idle = "profiles: [tools], environment: [API_KEY]";
    const named = (web: string, asked: readonly string[] = []) => {
      const text = `services: { tool: { ${idle} }, web: { ${web} } }`;
      return neededVariables({ environment: "production", composeTexts: [text], envFileText: "", asked }).length;
    };
    expect(named("image: web")).toBe(0);
    expect(named("image: web", ["tool"])).toBe(1);
    expect(named("extends: tool")).toBe(1);
    expect(named("extends: { service: tool }")).toBe(1);
  });

  it.each([
    ["the configuration migrates in it", "docker compose up -d", "tool"],
    ["a step migrates in it", "docker compose run tool migrate && docker compose up -d", undefined],
  ])("are those of a service that its profiles keep from running where %s", (_, run, migratesIn) => {
    const compose = "services: { tool: { profiles: [tools], environment: [API_KEY] } }";
    const text = `on: release\njobs: { a: { runs-on: prod, steps: [{ run: "${run}" }] } }\n`;
    const composeFiles = [{ path: "compose.yml", text: compose }];
    const checkout = { ...checkoutWith({ composeFiles, workflows: [{ path: "a.yml", text }] }), migratesIn };
    expect(workflowFacts(checkout).variables.map(({ name }) => name)).toContain("API_KEY");
  });

  it("stay where an existing workflow sets them, and so do its profiles", () => {
    const compose = "services: { web: { profiles: [prod], environment: [LOG_LEVEL, MODE, API_KEY] } }";
    const env = "env: { LOG_LEVEL: info, COMPOSE_PROFILES: prod }";
    const text = `on: release\njobs: { a: { runs-on: prod, ${env}, steps: [{ run: docker compose up -d }] } }\n`;
    const checkout = checkoutWith({
      composeFiles: [{ path: "compose.yml", text: compose }],
      workflows: [{ path: "a.yml", text }],
    });
    const facts = workflowFacts(checkout);
    expect(facts.variables.map(({ name }) => name)).toEqual(["STACK_NAME", "API_KEY", "LOG_LEVEL", "COMPOSE_PROFILES"]);
    expect(facts.variables).toContainEqual({ name: "LOG_LEVEL", value: "info" });
    expect(unsetVariables(checkout, facts)).toEqual(["MODE"]);
  });

  it("are the profiles that are active here, unless an existing workflow sets them, and those decide what runs", () => {
    const compose = "services: { web: { profiles: [prod], environment: [API_KEY] } }";
    const composeFiles = [{ path: "compose.yml", text: compose }];
    const of = (shell: string | undefined, workflows: readonly WorkflowFile[] = [], given?: readonly string[]) => {
      const profiles: ProfileSources = { given, shell, envFileText: "" };
      const checkout = { ...checkoutWith({ composeFiles, workflows }), profiles };
      const facts = workflowFacts(checkout);
      const variables = facts.variables.filter(({ name }) => name !== "STACK_NAME");
      return { facts, variables, told: profilesHere(checkout, facts) };
    };
    expect(of(undefined).variables).toEqual([]);
    const { facts, variables, told } = of("prod");
    expect(told).toEqual({ profiles: "prod", isSet: true });
    expect(variables).toEqual([
      { name: "API_KEY", value: "${{ secrets.API_KEY }}" },
      { name: "COMPOSE_PROFILES", value: "prod" },
    ]);
    // From another machine, where nothing is active, what was written stays.
    expect(of(undefined, projectWorkflows(facts)).variables).toEqual(variables);
    expect(of("other", projectWorkflows(facts)).variables).toEqual(variables);
    expect(of("other")).toMatchObject({ variables: [], told: null });
    // Where one deploys without them, only a call that names them asks for them.
    const steps = (env: string) =>
      `on: release\njobs: { a: { runs-on: prod, steps: [{ run: docker compose up -d${env} }] } }\n`;
    const without = [{ path: "a.yml", text: steps("") }];
    expect(of("prod", without)).toMatchObject({ variables: [], told: { profiles: "prod", isSet: false } });
    expect(of(undefined, without, ["prod"])).toMatchObject({ variables, told: { profiles: "prod", isSet: true } });
    const unknown = [{ path: "a.yml", text: steps(", env: { COMPOSE_PROFILES: '${{ env.STAGE }}' }") }];
    expect(of("prod", unknown)).toMatchObject({ variables: [], told: null });
  });

  it.each([
    [{ shell: "unknown,a", envFileText: "" }, "a"],
    [{ shell: "*", envFileText: "" }, undefined, "services: { web: {} }"],
    [{ shell: "any", envFileText: "" }, "any", "include: [x.yml]\nservices: {}"],
    [{ shell: "any", envFileText: "" }, "any", "services: { web: { extends: { file: x.yml, service: y } } }"],
    [{ shell: "b,a", envFileText: "", checkedOutText: "COMPOSE_PROFILES=a, b,unknown" }, undefined],
    [{ given: ["a", "b"], shell: "c", envFileText: "COMPOSE_PROFILES=d" }, "a,b"],
    [{ shell: " c ,d", envFileText: "COMPOSE_PROFILES=e" }, "c,d"],
    [{ shell: "", envFileText: "COMPOSE_PROFILES=e" }, undefined],
    [{ envFileText: "A=1\nexport COMPOSE_PROFILES='e'\n" }, "e"],
    [{ envFileText: "COMPOSE_PROFILES=e", checkedOutText: "COMPOSE_PROFILES=e" }, undefined],
    [{ shell: "f", envFileText: "COMPOSE_PROFILES=e", checkedOutText: "COMPOSE_PROFILES=e" }, "f"],
    [{ envFileText: "COMPOSE_PROFILES=${STAGE}" }, undefined],
    [{ envFileText: "COMPOSE_PROFILES=*" }, "*"],
    [{ envFileText: "" }, undefined],
  ])("are profiles of %j: %s", (sources, expected, text = "services: { web: { profiles: [a, b, c, d, e, f] } }") => {
    const { checkedOutText = "", ...here }: ProfileSources & { readonly checkedOutText?: string } = sources;
    expect(profilesToSet(here, { composeTexts: [text], envFileText: checkedOutText })).toBe(expected);
  });

  it("are not those that the env file answers, unless it should not hold them", () => {
    expect(of("$A $SMTP_PASS", "A=1\nSMTP_PASS=x\n")).toEqual(["SMTP_PASS"]);
    expect(of("$PWD/a ${PWD}/b", "")).toEqual([]);
    expect(of("$SMTP_AUTH $SMTP_PASS", "export SMTP_AUTH='login' # or plain\nSMTP_PASS=plain words\n")).toEqual([
      "SMTP_PASS",
    ]);
    expect(of("$SMTP_AUTH", "SMTP_AUTH=\n")).toEqual(["SMTP_AUTH"]);
    expect(of("$A $DB_PASSWORD $DOMAIN", "A=1\nexport DB_PASSWORD=changethis\nDOMAIN=localhost\n")).toEqual([
      "DB_PASSWORD",
      "DOMAIN",
    ]);
  });
});

describe("workflows that are there", () => {
  it.each([
    "",
    "- a\n",
    "jobs: 1\n",
    "jobs: { a: { steps: x } }\n",
    "a: [\n",
    "on: push\njobs: { a: { steps: [null] } }\n",
  ])("that deploy nothing are left out: %j", (text) => {
    expect(existingDeployments([{ path: "x.yml", text }])).toEqual([]);
  });

  it("for another environment are those that name it", () => {
    const text = "jobs: { a: { runs-on: x, steps: [{ run: docker compose up -d }] } }\n";
    const paths = ["deploy-production.yml", "ship.yml", "stage.yml"];
    const found = existingDeployments(
      paths.map((path) => ({ path, text })),
      "staging",
    );
    expect(found.map(({ path }) => path)).toEqual(["stage.yml"]);
  });

  it("for production come first", () => {
    const text = "jobs: { a: { runs-on: x, steps: [{ run: docker compose up -d }] } }\n";
    const paths = ["deploy-staging.yml", "ship.yml", "production.yml"];
    expect(existingDeployments(paths.map((path) => ({ path, text }))).map(({ path }) => path)).toEqual([
      "production.yml",
      "ship.yml",
      "deploy-staging.yml",
    ]);
  });

  const ci = `on: { push: { branches: [main] }, pull_request: null }
jobs:
  test:
    runs-on: ubuntu-latest
    env: { DATABASE_URL: "postgres://test", NODE_ENV: test }
    steps:
      - run: docker compose up -d db
      - run: docker compose run --rm web npm run db:reset
      - run: npm test
`;
  const job = (runsOn: string, more = "") =>
    `jobs: { a: { runs-on: ${runsOn}, steps: [{ run: docker compose up -d }]${more} } }\n`;
  const of = (...texts: readonly string[]) =>
    existingDeployments(texts.map((text, index) => ({ path: `${String.fromCharCode(97 + index)}.yml`, text })));

  it("to test what is written are no deployments", () => {
    expect(of(ci)).toEqual([]);
    const workflows = [{ path: ".github/workflows/ci.yml", text: ci }];
    const facts = factsOf({ ...layouts["no workflow yet"], workflows });
    expect(facts.migration).toBeNull();
    expect(facts.variables.map(({ name }) => name)).toEqual(["STACK_NAME", "VERSION"]);
  });

  it.each([
    ["pull requests", `on: pull_request\n${job("self-hosted")}`],
    ["pull requests among others", `on: [push, pull_request_target]\n${job("self-hosted")}`],
    ["a queue of them", `on: { merge_group: null }\n${job("self-hosted")}`],
    ["a preview", `on: [push, pull_request]\n${job("self-hosted", ", if: github.event_name == 'pull_request'")}`],
    ["a machine that is thrown away", `on: push\n${job("ubuntu-latest")}`],
    [
      "such a machine, which builds and clones",
      `on: push\n${job("ubuntu-latest").replace("[{", "[{ uses: docker/build-push-action@v6, with: { context: ., ssh-key: k } }, {")}`,
    ],
    [
      "such machines",
      `on: push\n${job("'${{ matrix.os }}'", ", strategy: { matrix: { os: [ubuntu-24.04, macos-15] } }")}`,
    ],
  ])("for %s deploy nothing", (_, text) => {
    expect(of(text)).toEqual([]);
  });

  it.each([
    ["of what was merged", `on: [push, pull_request]\n${job("prod", ", if: github.event_name == 'push'")}`],
    ["of a branch", `on: [push, pull_request]\n${job("prod", ", if: github.ref == 'refs/heads/main'")}`],
    [
      "when it is merged",
      `on: { pull_request: { types: [closed] } }\n${job("prod", ", if: github.event.pull_request.merged")}`,
    ],
    ["to another machine", `on: push\n${job("ubuntu-latest", ", env: { DOCKER_HOST: 'ssh://prod' }")}`],
    [
      "when it is merged, by its condition",
      `on: pull_request\n${job("prod", ", if: github.event_name == 'pull_request' && github.event.pull_request.merged")}`,
    ],
    ["by a script", `on: push\n${job("ubuntu-latest").replace("[{", '[{ run: "set -e\\nssh prod true" }, {')}`],
    ["through a context", `on: push\n${job("ubuntu-latest").replace("[{", "[{ run: docker context use prod }, {")}`],
    ["on a machine of whatever name", `on: push\n${job("ours")}`],
  ])("%s deploy", (_, text) => {
    expect(of(text)).toHaveLength(1);
  });

  it("started by a release come first, and then those on a machine of one's own", () => {
    const texts = [
      `on: push\n${job("prod")}`,
      `on: push\n${job("[self-hosted, prod]")}`,
      `on: { release: { types: [published] } }\n${job("prod")}`,
      `on: release\n${job("self-hosted")}`,
    ];
    expect(of(...texts).map(({ path }) => path)).toEqual(["d.yml", "c.yml", "b.yml", "a.yml"]);
  });
});
