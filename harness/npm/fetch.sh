#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fetch.sh DIR: install what package-lock.json names into DIR/node_modules. npm checks
# every digest, runs no scripts of the packages, and takes from its own cache first, so
# that once fetched it needs no network.
set -eu
from=$(dirname "$0")
command -v npm >/dev/null || {
	echo "error: no npm: 'make deps' installs it, 'make UPLOT=no' builds without what it fetches" >&2
	exit 3
}
# What is there already is not fetched again.
cmp -s "$from/package-lock.json" "$1/node_modules/.fetched" && exit 0
mkdir -p "$1"
cp "$from/package.json" "$from/package-lock.json" "$1"
cd "$1"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! npm ci --ignore-scripts --no-audit --no-fund --prefer-offline >"$log" 2>&1; then
	tail -n 15 "$log" >&2
	echo "error: cannot fetch uPlot with npm; 'make UPLOT=no' builds without it" >&2
	exit 3
fi
cp package-lock.json node_modules/.fetched
