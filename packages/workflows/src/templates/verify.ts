import type { WorkflowFacts, WorkflowFile } from "../facts.ts";
import { slugOf, workflowPath } from "../names.ts";
import { checkoutWhereNoneIs, header, jobHead, permissions, scheduled, tokenLines } from "./parts.ts";

/** The checks of the release that serves, again and again, with a message to people when one fails. */
export function verifyWorkflow(facts: WorkflowFacts): WorkflowFile {
  const slug = slugOf(facts.environment.name);
  const text = `${header}name: Verify ${slug}
on:
  schedule:
${scheduled(facts.schedules.verify, "the checks")}  workflow_dispatch:
${permissions("look", facts.github)}concurrency:
  group: verify-${slug}
  cancel-in-progress: true
jobs:
  verify:
${jobHead(facts, 10)}    steps:
${checkoutWhereNoneIs(facts)}      - name: Checks, as users come
        run: exec sluice verify
      - name: Machine, stack and record
        if: always()
        # What GitHub knows of runner, tag and release is looked at as well.
        env:
${tokenLines(facts.github)}        run: exec sluice doctor
      - name: Tell people
        # For chats that take {"text": …}, such as Slack's incoming webhooks. Without the secret GitHub's own mail remains.
        if: failure()
        env:
          ALERT_URL: \${{ secrets.SLUICE_ALERT_URL }}
          RUN_URL: \${{ github.server_url }}/\${{ github.repository }}/actions/runs/\${{ github.run_id }}
        run: |
          [ -n "$ALERT_URL" ] || exit 0
          # The address is a secret: curl reads it from its input, as arguments are there for every user to see.
          printf 'url = %s\\n' "$ALERT_URL" | curl --config - --silent --show-error --fail --location --globoff \\
            --max-time 20 --header 'content-type: application/json' --output /dev/null \\
            --write-out 'the chat answers %{http_code}\\n' --data "{\\"text\\":\\"Checks of ${slug} failed: $RUN_URL\\"}"
`;
  return { path: workflowPath("verify", facts.environment.name), text };
}
