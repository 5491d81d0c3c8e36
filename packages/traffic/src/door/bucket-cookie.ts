/** The same of all doors of a stack, whatever they are made of: a user stays with its bucket. */
export const bucketCookie = "sluice";
