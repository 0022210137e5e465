#!/usr/bin/env bash
# What a user gets: packs the package, installs it into an empty project with plain npm, runs the program and the
# library. Needs an installed tree (`npm ci`) and a C++20 compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm pack --silent --pack-destination "$work" >"$work/pack.log" 2>&1 || { cat "$work/pack.log"; exit 1; }
tarball=$(ls "$work"/spikeline-*.tgz)
tar -tzf "$tarball" >"$work/files"
if grep -E '^package/(native/build|node_modules|test|src|out)/' "$work/files"; then
  echo "Expected none of these files in the package."
  exit 1
fi
for file in dist/index.js dist/index.d.ts dist/cli/main.js dist/page/index.html models/digits.bin models/flagship-events.safetensors models/flagship-images.safetensors native/binding.gyp README.md LICENSE; do
  grep -qx "package/$file" "$work/files" || { echo "Expected $file in the package, but it is not there."; exit 1; }
done
echo "packed $(wc -l <"$work/files") files, $(du -k "$tarball" | cut -f1) KiB"

mkdir "$work/project"
cd "$work/project"
npm init -y >/dev/null
npm install --no-audit --no-fund "$tarball" >install.log 2>&1 || { tail -n 60 install.log; exit 1; }
npx --no-install spikeline --help >help
head -n 3 help
npx --no-install spikeline bench --help >/dev/null
# The whole live path, with nothing but the package.
npx --no-install spikeline run --source sim:digits --learn --headless --speed max --frames 30 --json --quiet >run.json
grep -q '"frames":30' run.json || { cat run.json; exit 1; }
cat >use.mjs <<'END'
import assert from "node:assert/strict";
import { encodePoisson, findSystem, openMnist, SpikingNetwork } from "spikeline";
for (const name of [encodePoisson, findSystem, openMnist, SpikingNetwork.create]) assert.equal(typeof name, "function");
console.log("the library imports");
END
node use.mjs
