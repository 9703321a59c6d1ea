# SPDX-License-Identifier: GPL-2.0-or-later
# What the guest tests share. Source it from the project's root.
# shellcheck shell=bash

hw=$PWD/highwater
nr=0 bad=0

# check NAME COMMAND...: COMMAND succeeds
check() {
	local name=$1 out
	shift
	nr=$((nr + 1))
	if out=$("$@" 2>&1); then
		echo "ok $nr - $name"
	else
		echo "not ok $nr - $name"
		head -n 30 <<<"# ${out//$'\n'/$'\n'# }"
		bad=1
	fi
}

# says CODE PATTERN COMMAND...: exit code and a pattern in what it prints
says() {
	local code=$1 pattern=$2 out got
	shift 2
	out=$("$@" 2>&1)
	got=$?
	echo "exit code $got"
	echo "$out"
	[ "$got" -eq "$code" ] && grep -qE -- "$pattern" <<<"$out"
}

# figure RESULTS ARCH KERNEL WORKLOAD METRIC [LABEL]: one number of the first run
figure() {
	local id
	id=$("$hw" list -o "$1" --where arch="$2" --where kernel="$3" --where workload="$4" |
		cut -d' ' -f1)
	"$hw" show "$id" -o "$1" | awk -v m="$5" -v l="${6-}" '
		$1 == m && (l == "" || $2 == l) { print $(l == "" ? 2 : 3); exit }'
}

finish() {
	echo "1..$nr"
	exit $bad
}
