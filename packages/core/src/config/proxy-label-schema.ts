import * as z from "zod";

/** What names of labels begin with. Those of Compose and our own are no proxy's. */
export const labelPrefix = z
  .string()
  .regex(
    /^(?!com\.docker\.(?:compose|$)|dev\.sluice\.)[\w./-]+$/,
    "expected what names of labels begin with, such as easyhaproxy.",
  );
