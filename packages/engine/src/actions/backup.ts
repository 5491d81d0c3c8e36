import type { StepAction } from "../action.ts";

/** Has no undo: a backup of a deployment that failed is as good as any. */
export const backup: StepAction<"backup"> = {
  async run({ service, prove }, { ports, previousRelease }, { signal, progress }) {
    const release = previousRelease?.bundle.id ?? null;
    const { id, bytes, level } = await ports.backups.take(service, { release, prove, signal, onProgress: progress });
    return { backup: id, bytes, level };
  },
};
