/**
 * What helps where a file of the checkout is not there: in a workflow its checkout takes away what git does not have, so that to put it
 * there by hand would help nobody.
 */
export const missingFileHint =
  "write it before the deployment: in a workflow by a step before the one that deploys, from a secret, as its checkout takes away what git does not have; or write the path at which the host has it, outside the checkout";
