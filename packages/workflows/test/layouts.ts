import type { WorkflowFile } from "../src/index.ts";

/** The workflow as teams have it that bring Compose up by hand, and Traefik as a stack of its own. */
const byHand = `name: Deploy to Production
on:
  release:
    types: [published]
jobs:
  deploy:
    runs-on: [self-hosted, production]
    env:
      ENVIRONMENT: production
      DOMAIN: \${{ secrets.DOMAIN_PRODUCTION }}
      STACK_NAME: \${{ secrets.STACK_NAME_PRODUCTION }}
      SECRET_KEY: \${{ secrets.SECRET_KEY }}
    steps:
      - uses: actions/checkout@v4
      - run: docker compose -f docker-compose.yml --project-name \${{ secrets.STACK_NAME_PRODUCTION }} build
      - run: docker compose -f docker-compose.yml --project-name \${{ secrets.STACK_NAME_PRODUCTION }} up -d
`;
/** With Traefik in the same project, and the migration as a step. */
const withMigration = `name: Deploy
on: workflow_dispatch
jobs:
  deploy:
    runs-on: [self-hosted, production]
    steps:
      - uses: actions/checkout@v4
      - run: docker compose -f compose.yml -f compose.deploy.yml build
        env: &env { DOMAIN: "\${{ secrets.DOMAIN_PRODUCTION }}", SMTP_HOST: "\${{ secrets.SMTP_HOST }}" }
      - run: docker compose -f compose.yml -f compose.deploy.yml run --rm backend bash scripts/prestart.sh
      - run: |
          docker compose -f compose.yml -f compose.deploy.yml \\
            up -d --wait
`;

/** With values that only this job, or the event that starts it, knows. */
const byRegistry = `name: Ship
on:
  release:
    types: [published]
env:
  REGISTRY: ghcr.io
jobs:
  ship:
    runs-on: [self-hosted, production]
    env:
      TAG: \${{ github.event.release.tag_name }}
      NOTES: \${{ github.event.release.html_url }}
      REVISION: \${{ github.sha }}
      WORKERS: \${{ secrets.WORKERS || '2' }}
    steps:
      - uses: actions/checkout@v4
      - id: meta
        run: echo "digest=sha256" >> "$GITHUB_OUTPUT"
      - run: docker compose up -d
        env:
          DIGEST: \${{ steps.meta.outputs.digest }}
          CACHE: \${{ runner.temp }}/cache
          IMAGE: \${{ env.REGISTRY }}/shop
          ACTOR: \${{ github.event.sender.login }}
          GREETING: \${{ format('{0}!', inputs.greeting) }}
`;

export interface Layout {
  readonly composeFiles: readonly WorkflowFile[];
  readonly workflows: readonly WorkflowFile[];
}

const web = "services:\n  backend:\n    image: backend\n    environment: { DOMAIN: '${DOMAIN?Variable not set}', ";

/** The two layouts of the FastAPI full-stack template, in small. */
export const layouts = {
  "Traefik as a stack of its own": {
    composeFiles: [
      { path: "docker-compose.yml", text: `${web}KEY: '\${SECRET_KEY}', TAG: '\${TAG-latest}', PRICE: '$$5' }\n` },
      { path: "docker-compose.override.yml", text: "services:\n  mail: { image: '${MAILCATCHER}' }\n" },
    ],
    workflows: [{ path: ".github/workflows/deploy-production.yml", text: byHand }],
  },
  "Traefik in the same project, with a migrate step": {
    composeFiles: [
      { path: "compose.yml", text: `${web}SMTP: '\${SMTP_HOST}', PASSWORD: '\${POSTGRES_PASSWORD:?}' }\n` },
      { path: "compose.deploy.yml", text: "services:\n  backend: { restart: always }\n" },
    ],
    workflows: [{ path: ".github/workflows/deploy-docker-compose.yml", text: withMigration }],
  },
  "values of a release and of steps": {
    composeFiles: [
      {
        path: "compose.yaml",
        text: "services:\n  web: { image: '${IMAGE:?}:${TAG:?}', labels: { digest: '${DIGEST}' } }\n",
      },
    ],
    workflows: [{ path: ".github/workflows/ship.yml", text: byRegistry }],
  },
  "no workflow yet": {
    composeFiles: [{ path: "compose.yaml", text: "services:\n  web: { image: 'web:${VERSION}' }\n" }],
    workflows: [],
  },
} satisfies Record<string, Layout>;
