#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line without a guest: usage errors end with 2 and one clear
# message, what is missing on the host with 3, and nothing is left behind.
set -u
cd "$(dirname "$0")/../.." || exit 2
hw=$PWD/highwater
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0 bad=0

# t NAME EXIT PATTERN COMMAND...: exit code and a pattern in what it prints
t() {
	local name=$1 want=$2 pattern=$3 out code
	shift 3
	out=$("$@" 2>&1)
	code=$?
	nr=$((nr + 1))
	if [ "$code" -eq "$want" ] && grep -qE -- "$pattern" <<<"$out"; then
		echo "ok $nr - $name"
	else
		echo "not ok $nr - $name"
		echo "# exit code $code, wanted $want and /$pattern/:"
		head -n 12 <<<"${out//$'\n'/$'\n'# }"
		bad=1
	fi
}
plan() { printf '%s\n' "$1" >"$tmp/p.yaml"; }

t 'no command' 2 'Usage: highwater COMMAND' "$hw"
t 'unknown command' 2 "unknown command 'frobnicate'" "$hw" frobnicate
t 'help' 0 'Commands:' "$hw" --help
for verb in $(sed -n 's/^COMMAND(\([a-z]*\),.*/\1/p' harness/command.def) profile; do
	t "$verb --help" 0 "Usage: highwater $verb" "$hw" "$verb" --help
done
t 'unknown option' 2 'unrecognized option' "$hw" run --fast
t 'run without a plan' 2 'a plan is needed' "$hw" run
t 'bad -j' 2 "-j '0' is not a number" "$hw" run -j 0 x
t 'bad shard' 2 "is not I/N" "$hw" run --shard 3/2 x
t 'bad --only' 2 "is not ID/N" "$hw" run --only abc/1 x
t '--slurm beside --only' 2 'exclude each other' "$hw" run --slurm --only "$(printf '%064d' 1)/1" x
t 'a plan that is not there' 2 "cannot open '$tmp/none.yaml'" "$hw" run "$tmp/none.yaml"
plan 'name: t
workload: {name: nil}'
t 'unknown workload' 2 "p.yaml:2: unknown workload 'nil'" "$hw" run "$tmp/p.yaml" -o "$tmp/r"
plan 'name: t
memroy: 1G
workload: {name: "null"}'
t 'unknown key' 2 "p.yaml:2: unknown key 'memroy'" "$hw" plan "$tmp/p.yaml"
plan 'name: t
workload: {name: fault, pages: 16}
verdict: [{claim: c, check: "{faults} = 16"}]'
t 'a claim that cannot be read' 2 "p.yaml:3: check '\{faults\} = 16', column 10: an operator" "$hw" plan "$tmp/p.yaml"
plan 'name: t
workload: {name: fault, pages: 16}
verdict: [{claim: c, check: "{faults} == 16", where: {pages: 17}}]'
t 'a claim of no cell' 2 "p.yaml:3: where: no cell has pages '17'" "$hw" plan "$tmp/p.yaml"
t 'verdict without results' 2 "no results in '$tmp/none'" "$hw" verdict -o "$tmp/none"
t 'no results' 2 "no results in '$tmp/none'" "$hw" compare kernel=base,series -o "$tmp/none"
t 'compare without an axis' 2 'an axis to compare is needed' "$hw" compare
t 'compare of one value' 2 'needs two values' "$hw" compare kernel=base
t 'compare in a foreign format' 2 "unknown format 'pdf'" "$hw" compare kernel=a,b --format pdf
t 'export in a foreign format' 2 "unknown format 'xml'" "$hw" export --format xml
t 'a tree without a place' 2 'lkp needs --to DIR' "$hw" export --format lkp
t 'report without results' 2 "no results in '$tmp/none'" "$hw" report -r "$tmp/none" -o "$tmp/r.html"
t 'a sample of nothing' 2 "is not a share above 0" "$hw" audit --sample 0%
t 'an audit without results' 2 "no results in '$tmp/none'" "$hw" audit -o "$tmp/none"
t 'import of nothing' 2 'a run directory or a directory of results is needed' "$hw" import -o "$tmp/r"
t 'import of no results' 2 "is no run directory and holds no runs/" "$hw" import -o "$tmp/i" "$tmp"
t 'map without a run' 2 'a run is needed' "$hw" map
t 'map without results' 2 "no results in '$tmp/none'" "$hw" map abc -r "$tmp/none"
t 'profile of nothing' 2 'a cell is needed' "$hw" profile
t 'profile in a foreign format' 2 "unknown format 'pdf'" "$hw" profile 1 --format pdf
t 'profile without results' 2 "no results in '$tmp/none'" "$hw" profile 1 -r "$tmp/none"
t 'cost of a foreign architecture' 2 "'arm' is not i386 or x86_64" "$hw" cost --arch i386,arm
t 'cost with foreign events' 2 "'perf' is not off, ring or hist" "$hw" cost --events perf
t 'a KTAP without a budget' 2 'ktap needs --budget' "$hw" cost -f ktap
t 'cost of no series' 2 "no series at '$tmp/none'" "$hw" cost "$tmp/none"
echo '* * off fault 4' >"$tmp/budget"
t 'a budget that cannot be read' 2 "budget:1: LIMIT is" "$hw" cost --budget "$tmp/budget"
t 'bisect of nothing' 2 'a metric, --good and --bad are needed' "$hw" bisect path.insns fault --good 0
t 'bisect without a cell' 2 'without --cell: a path' "$hw" bisect insns --good 0 --bad 1
t 'bisect beyond the series' 2 "'100000' is no kernel of the series" "$hw" bisect path.insns fault --good 0 --bad 100000
t 'bisect of one place' 2 'are the same' "$hw" bisect path.insns fault --good base --bad 0
t 'bisect over both' 2 'patches or a tunable, not both' "$hw" bisect path.insns fault --good 0 --bad 1 --tunable a.b --series x
t 'bisect of no value' 2 "'x' is no whole number" "$hw" bisect path.insns fault --good x --bad 1 --tunable vm.swappiness
t 'bisect of a value not listed' 2 "'3' is not among --values" "$hw" bisect path.insns fault --good 3 --bad 1 --tunable vm.swappiness --values 1,2
t 'bisect without results' 2 "no results in '$tmp/none'" "$hw" bisect insns --cell 1a --good 0 --bad 1 -o "$tmp/none"
t 'diverge of one' 2 'a cell, and another or KEY=VALUE, are needed' "$hw" diverge 1a
t 'diverge without results' 2 "no results in '$tmp/none'" "$hw" diverge 1a 2b -r "$tmp/none"
t 'stop of nothing' 2 'a cell is needed' "$hw" stop --at 1
t 'stop nowhere' 2 'one of --event, --function, --at and --longest' "$hw" stop 1a
t 'stop at the 0th' 2 "--nth '0' is not a number from 1" "$hw" stop 1a --function f --nth 0
t 'stop without results' 2 "no results in '$tmp/none'" "$hw" stop 1a --at 5 -r "$tmp/none"
t 'list with a bad condition' 2 "is not KEY=VALUE" "$hw" list --where kernel
mkdir -p "$tmp/foreign" && echo 'not a database, and longer than a header of SQLite would be' >"$tmp/foreign/store.sqlite"
t 'a damaged store' 2 'damaged or no store' "$hw" list -o "$tmp/foreign"
t 'output to a full device' 3 'cannot write the output' bash -c "'$hw' --help >/dev/full; '$hw' doctor --json >/dev/full"
echo 'no tarball' >"$tmp/x.tar.xz"
t 'a foreign tarball' 2 "cannot unpack '.*x.tar.xz', truncated or no tarball" \
	env HIGHWATER_CACHE="$tmp/cache" "$hw" fetch --source "$tmp/x.tar.xz"
mkdir -p "$tmp/tree/mm" && printf 'VERSION = 5\nPATCHLEVEL = 4\nSUBLEVEL = 1\n' >"$tmp/tree/Makefile"
t 'a tree that is no kernel' 2 'does not hold a Linux kernel tree' \
	env HIGHWATER_CACHE="$tmp/cache" "$hw" fetch --source "$tmp/tree"
touch "$tmp/tree/mm/page_alloc.c"
t 'a tree of another release' 2 'is Linux 5.4.1, the series is for' \
	env HIGHWATER_CACHE="$tmp/cache" "$hw" fetch --source "$tmp/tree"
t 'nothing half-fetched is left' 0 '^$' find "$tmp/cache/linux" -mindepth 1 -not -name fetch.lock
t 'an unknown check' 2 "unknown check 'nonsense'; there are applies," "$hw" review --checks nonsense
t 'review in a foreign format' 2 "unknown format 'pdf'" "$hw" review -f pdf
t 'the checks, and what they need' 0 'sparse finds nothing new \(needs .*sparse' "$hw" review --list
t 'no qemu' 3 'install qemu-system-x86' env PATH="$tmp/bin" "$hw" doctor
t 'no project' 2 'has no patches/series' env HIGHWATER_ROOT="$tmp" "$hw" fetch
echo "1..$nr"
exit $bad
