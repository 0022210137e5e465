import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readEnvironment } from "../../src/config/environment.ts";

it("keeps its state in the folder that XDG_STATE_HOME names", () => {
  expect(readEnvironment({ XDG_STATE_HOME: "/var/state" })).toEqual({ stateFolder: "/var/state/spikeline" });
});

it.each([undefined, "", "relative/state", "./state"])(
  "keeps its state at home when XDG_STATE_HOME is %j, as the standard asks",
  (XDG_STATE_HOME) => {
    expect(readEnvironment(XDG_STATE_HOME === undefined ? {} : { XDG_STATE_HOME })).toEqual({
      stateFolder: join(homedir(), ".local", "state", "spikeline"),
    });
  },
);
