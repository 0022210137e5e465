/** The only place that reads the environment. */
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

export type Environment = {
  /** Where the program keeps what outlives a run, such as the page's token. */
  readonly stateFolder: string;
};

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const base = env.XDG_STATE_HOME;
  const state = base?.startsWith("/") ? base : join(homedir(), ".local", "state");
  return { stateFolder: join(state, "spikeline") };
}
