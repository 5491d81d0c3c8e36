import type { WorkflowFacts, WorkflowFile } from "../facts.ts";
import { checkout, header, jobHead } from "./parts.ts";

/** The checks of the release that serves, again and again, with a message to people when one fails. */
export function verifyWorkflow(facts: WorkflowFacts): WorkflowFile {
  const text = `${header}name: Verify production
on:
  schedule:
    - cron: "*/30 * * * *"
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: verify-production
  cancel-in-progress: true
jobs:
  verify:
${jobHead(facts, 10)}    steps:
${checkout}      - name: Checks, as users come
        run: exec sluice verify
      - name: Machine, stack and record
        if: always()
        run: exec sluice doctor
      - name: Tell people
        # For chats that take {"text": …}, such as Slack's incoming webhooks. Without the secret GitHub's own mail remains.
        if: failure()
        env:
          ALERT_URL: \${{ secrets.SLUICE_ALERT_URL }}
          RUN_URL: \${{ github.server_url }}/\${{ github.repository }}/actions/runs/\${{ github.run_id }}
        run: |
          [ -n "$ALERT_URL" ] || exit 0
          # The address is a secret: it goes in by standard input, as arguments are there for every user to read.
          printf 'url = "%s"\\n' "$ALERT_URL" |
            curl --silent --show-error --fail --max-time 20 --config - --output "$RUNNER_TEMP/alert-answer" \\
              --header 'content-type: application/json' --data "{\\"text\\": \\"Checks of production failed: $RUN_URL\\"}"
`;
  return { path: ".github/workflows/verify-production.yml", text };
}
