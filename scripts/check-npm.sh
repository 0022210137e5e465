#!/usr/bin/env bash
# A fresh clone of what is committed, installed with another npm: the lock file and the install scripts work there too.
# usage: scripts/check-npm.sh [version, default 10, which came with Node 20]
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-10}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone --quiet --no-hardlinks . "$work/clone"
cd "$work/clone"
echo "npm $(npx --yes "npm@$version" --version)"
npx --yes "npm@$version" ci
node dist/cli/main.js --version
git diff --exit-code
