#!/usr/bin/env bash
# The newcomer's first command, whole: `npm start` prints the address of a page that is served, a decision falls, Ctrl-C
# ends it in good order. Then learning in the terminal: MNIST is learned, and the model is as good when it is read again.
# Needs an installed tree (`npm ci`). What the page shows is tested in test/browser.
set -euo pipefail
cd "$(dirname "$0")/.."
# In percent. Diehl & Cook 2015 give 87.0 for 400 neurons; chance is 10.
least=85
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
log=$folder/log

# A job of its own with job control, so that it takes the interrupt that a background job would ignore.
set -m
XDG_STATE_HOME=$folder npm start -- --port 0 >"$log" 2>&1 &
demo=$!
set +m
for _ in $(seq 100); do
  grep -oE 'http://127.0.0.1:[0-9]+/' "$log" >"$folder/address" && break
  kill -0 "$demo" 2>/dev/null || break
  sleep 0.2
done
cat "$log"
address=$(head -n 1 "$folder/address")
node -e '
  fetch(process.argv[1]).then(async (answer) => {
    if (!answer.ok || !(await answer.text()).includes("<title>spikeline")) throw new Error(`found ${answer.status}`);
    console.log(`served: ${process.argv[1]}`);
  })' "$address"
sleep 3
kill -INT -- "-$demo"
status=0
wait "$demo" || status=$?
tr '\r' '\n' <"$log" | tail -n 3
tail -n 30 "$log" | grep -E '[1-9][0-9]* digits shown' >/dev/null || { echo "Expected digits to be shown."; exit 1; }
# npm itself answers an interrupt with 130; the program's own exit code is tested in test/cli.
[ "$status" -eq 0 ] || [ "$status" -eq 130 ] || { echo "Expected an orderly end, found exit code $status."; exit 1; }

model=$folder/m.safetensors
npx --no-install spikeline train diehl-cook-2015 --neurons 400 --dataset mnist --passes 1 --seed 7 --out "$model"
npx --no-install spikeline eval "$model" --dataset mnist --json >"$log"
node -e '
  const { accuracy, frames } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
  console.log(`read again: ${(100 * accuracy).toFixed(2)} % of ${frames} digits`);
  if (!(100 * accuracy >= Number(process.argv[2]) && frames === 10000)) {
    console.error(`Expected at least ${process.argv[2]} % of 10000 digits.`);
    process.exit(1);
  }' "$log" "$least"
