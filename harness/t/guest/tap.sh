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

# kept FILE COMMAND...: what it prints, also in FILE; its exit code
kept() {
	local file=$1 code
	shift
	"$@" >"$file" 2>&1
	code=$?
	cat "$file"
	return $code
}

# figure RESULTS ARCH KERNEL WORKLOAD METRIC [LABEL]: one number of the first run
figure() {
	local id
	id=$("$hw" list -o "$1" --where arch="$2" --where kernel="$3" --where workload="$4" |
		cut -d' ' -f1)
	"$hw" show "$id" -o "$1" | awk -v m="$5" -v l="${6-}" '
		$1 == m && (l == "" || $2 == l) { print $(l == "" ? 2 : 3); exit }'
}

# short PLAN: the plan on the series alone, without its claims about mainline
short() {
	awk '
		/^kernel:/ { sub(/\[.*\]/, /memcg-off/ ? "series+memcg-off" : "series") }
		/^  - claim:/ { claim = $0; next }
		claim != "" { skip = /kernel: base|kernel=base/; if (!skip) print claim; claim = "" }
		!skip || /^[^ ]/ { print }' "$1"
}

# get RESULTS METRIC LABEL K=V...: a number of the one run that has these values
get() {
	local r=$1 m=$2 l=$3 where=() id kv
	shift 3
	for kv; do where+=(--where "$kv"); done
	id=$("$hw" list -o "$r" "${where[@]}" | cut -d' ' -f1)
	if [ -z "$id" ] || [ "$id" != "${id%%[[:space:]]*}" ]; then
		echo "not one run: $*" >&2
		return 1
	fi
	"$hw" show "$id" -o "$r" | awk -v m="$m" -v l="$l" '
		$1 == m && (l == "" || $2 == l) { print $(l == "" ? 2 : 3); exit }'
}

# is A OP B: with whole numbers; an empty one is false
is() {
	echo "$*"
	[ -n "$1" ] && [ -n "$3" ] && test "$1" "$2" "$3"
}

# near A B MOST: whole numbers at most MOST apart
near() {
	echo "$1 is not within $3 of $2"
	[ -n "$1" ] && [ -n "$2" ] && [ $(($1 - $2)) -le "$3" ] && [ $(($2 - $1)) -le "$3" ]
}

finish() {
	echo "1..$nr"
	exit $bad
}
