// Marks the compiled program executable, so that the linked `spikeline` command runs; tsc does not keep modes.
import { chmodSync } from "node:fs";

chmodSync(new URL("../dist/cli/main.js", import.meta.url), 0o755);
