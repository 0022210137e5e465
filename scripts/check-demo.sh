#!/usr/bin/env bash
# The newcomer's second command, whole: `npm start` learns, states its accuracy, and leaves a model that is as good when
# it is read again. Needs an installed tree (`npm ci`).
set -euo pipefail
cd "$(dirname "$0")/.."
# In percent. Diehl & Cook 2015 give 87.0 for 400 neurons; chance is 10.
least=85
log=$(mktemp)
trap 'rm -f "$log"' EXIT

npm start 2>&1 | tee "$log"
tail -n 30 "$log" | grep -E '^accuracy [0-9]+\.[0-9] %' >/dev/null || { echo "Expected an accuracy in the last lines."; exit 1; }
npx --no-install spikeline eval out/diehl-cook-2015.safetensors --dataset mnist --json >"$log"
node -e '
  const { accuracy, frames } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
  console.log(`read again: ${(100 * accuracy).toFixed(2)} % of ${frames} digits`);
  if (!(100 * accuracy >= Number(process.argv[2]) && frames === 10000)) {
    console.error(`Expected at least ${process.argv[2]} % of 10000 digits.`);
    process.exit(1);
  }' "$log" "$least"
