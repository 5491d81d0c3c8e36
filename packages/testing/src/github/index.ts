export { type FakeGithub, type GithubCall, type GithubFault, githubFaults, startFakeGithub } from "./fake-github.ts";
export { type GithubCommit, type GithubDeployment, type GithubState } from "./github-state.ts";
