/** The process's environment, for {@link loadConfig}: nothing outside this folder reads it. */
export function processEnvironment(): Readonly<NodeJS.ProcessEnv> {
  return process.env;
}
