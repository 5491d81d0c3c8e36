import type { WorkflowFacts, WorkflowFile } from "../facts.ts";
import { slugOf, workflowPath } from "../names.ts";
import { checkoutMinutes, checkoutWhereNoneIs, header, jobHead, permissions, scheduled, tokenLines } from "./parts.ts";

/** Of telling people, and of what a runner does between steps. */
const furtherMinutes = { tell: 2, between: 8 };

/** The checks of the release that serves, again and again, with a message to people when one fails. */
export function verifyWorkflow(facts: WorkflowFacts): WorkflowFile {
  const slug = slugOf(facts.environment.name);
  const { verify } = facts.minutes;
  const jobMinutes = checkoutMinutes + 2 * verify + furtherMinutes.tell + furtherMinutes.between;
  const text = `${header}name: Verify ${slug}
on:
  schedule:
${scheduled(facts.schedules.verify, "the checks")}  workflow_dispatch:
${permissions("look", facts.github)}concurrency:
  group: verify-${slug}
  # A run that is cancelled tells nobody.
  cancel-in-progress: false
jobs:
  verify:
${jobHead(facts, jobMinutes)}    steps:
${checkoutWhereNoneIs(facts)}      - name: Checks, as users come
        # Less than the job has: a step that takes longer has failed, which people are told of. A job is cancelled.
        timeout-minutes: ${verify}
        run: exec sluice verify
      - name: Machine, stack and record
        if: always()
        timeout-minutes: ${verify}
        # What GitHub knows of runner, tag and release is looked at as well.
        env:
${tokenLines(facts.github)}        run: exec sluice doctor
      - name: Tell people
        # For chats that take {"text": …}, such as Slack's incoming webhooks. Without the secret GitHub's own mail remains.
        if: failure()
        timeout-minutes: ${furtherMinutes.tell}
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
