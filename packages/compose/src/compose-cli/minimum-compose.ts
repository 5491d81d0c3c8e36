/** The oldest Compose that does what is asked of it: its major and minor version. */
export const minimumCompose = [2, 26] as const;
