/**
 * Actions by commit: a tag can be moved to other code, a commit cannot. Each is what the tag behind it named in the action's
 * own repository when it was written down.
 */
export const pins = {
  checkout: "actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0",
  uploadArtifact: "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0",
} as const;
