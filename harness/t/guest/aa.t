#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A against A: the same kernel under two names. A comparison of all figures over several
# seeds finds nothing: never under the instruction clock, and no more often than its level
# of 5 % under the wall clock, where one finding is therefore asked for again.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# aa CLOCK ARCH SEEDS DIR
# shellcheck disable=SC2317 # called through check
aa() {
	sed "s/^clock:.*/clock: $1/; s/^arch:.*/arch: $2/; s/^seeds:.*/seeds: $3/" configs/plan/aa.yaml >"$tmp/$1.yaml"
	"$hw" run "$tmp/$1.yaml" -o "$4" || return 1
	"$hw" compare kernel=base,base+twin -o "$4" --all --check || return 1
	[ "$("$hw" compare kernel=base,base+twin -o "$4" --all --format csv | wc -l)" -gt 50 ]
}
# shellcheck disable=SC2317
twice() { aa wall x86_64 5 "$tmp/w1" || aa wall x86_64 5 "$tmp/w2"; }

check 'instruction clock, both architectures: no difference' aa insn '[i386, x86_64]' 6 "$tmp/i"
check 'wall clock: no difference' twice
finish
