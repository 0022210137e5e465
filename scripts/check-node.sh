#!/usr/bin/env bash
# A fresh clone of what is committed, under another Node: install as the README says, and the unit tests.
# usage: scripts/check-node.sh [version, default 24]
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-24}
work=$(mktemp -d)
# A test runs the program as another user, who must be able to read it.
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT

# A folder with its own package.json, or npm would install into the nearest one above.
mkdir "$work/node"
echo '{"private":true}' >"$work/node/package.json"
package=node-linux-$(node -p process.arch)
npm install --prefix "$work/node" --no-save --no-package-lock --ignore-scripts --silent "$package@$version"
export PATH=$work/node/node_modules/$package/bin:$PATH

git clone --quiet --no-hardlinks . "$work/clone"
cd "$work/clone"
echo "Node $(node --version), npm $(npm --version)"
case $(node --version) in v"$version".*) ;; *) echo "Expected Node $version."; exit 1 ;; esac
npm ci
npx --no-install vitest run --config test/vitest.config.ts --project unit
