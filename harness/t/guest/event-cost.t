#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# profile --events: what a trace event costs, to the ring buffer and to a hist trigger,
# against the count of whole operations; and that every task has its own call stack.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The cheap cells of the shipped plan, and one path with one event in each operation.
grep -vE 'name: (high-order|memcg|dirty-writer)|test: copy' configs/plan/event-cost.yaml |
	sed 's/ops: 2048/ops: 512/' >"$tmp/plan.yaml"
printf '%s\n' 'name: alloc
kernel: series
arch: [i386, x86_64]
memory: 256M
tunables: {vm.stat_interval: 3600, vm.dirty_writeback_centisecs: 0}
workload:
  - {name: paths, path: alloc}
  - {name: paths, path: alloc, events: "kmem:mm_page_alloc"}
  - {name: paths, path: alloc, events: "kmem:mm_page_alloc hist:keys=order"}' >"$tmp/alloc.yaml"
check 'every tracepoint in two ways: ok' says 0 '0 not ok' "$hw" run "$tmp/plan.yaml" -o "$tmp/r"
check 'one event an operation: ok' says 0 '0 not ok' "$hw" run "$tmp/alloc.yaml" -o "$tmp/a"
ids() { "$hw" list -o "$@" | cut -d' ' -f1; }
# events DIR [OPTION]: the table of all cells there
# shellcheck disable=SC2046 # one id a word
events() { "$hw" profile --events -r "$1" $(ids "$1") "${@:2}"; }
for d in r a; do events "$tmp/$d" --json >"$tmp/$d.json"; done

# per FILE CLASS ARCH WAY: instructions per event, rounded down
per() { jq -r --arg c "$2" --arg a "$3" --arg w "$4" '.[$c][$a][$w] | .insns / .events | floor' "$1"; }
# path ARCH EVENTS: what an operation costs
path() { get "$tmp/a" path.insns alloc arch="$1" events="$2"; }
alloc='kmem:mm_page_alloc'
for a in i386 x86_64; do
	off=$(path $a none)
	# What its caller does for it is not the event's; with one more thread (it reads the
	# buffer) system calls cost more: fdget(), and a point of cancellation in libc.
	rest=$(($(path $a "$alloc hist:keys=order") - off - $(per "$tmp/a.json" mm_page_alloc $a hist)))
	check "$a: an operation with a hist trigger costs that much more, and $rest in the caller" is $rest -gt 0
	check "$a: which are not many" is $rest -le 24
	rest=$(($(path $a "$alloc") - off - $(per "$tmp/a.json" mm_page_alloc $a ring)))
	check "$a: with the ring buffer too, and $rest in the caller and for a process with threads" is $rest -gt 0
	check "$a: which are not many" is $rest -le 160
	n=$(jq --arg a $a '[.[][$a] | select(.ring and .hist)] | length' "$tmp/r.json")
	check "$a: most classes of events are raised both ways ($n)" is "$n" -ge 25
done
# The statement of configs/plan/event-cost.md, and the count of those it does not hold for.
# Of few events one that begins a new page of the buffer weighs too much.
pairs='[.[][] | select(.ring.events >= 16 and .hist.events >= 16) | {r: (.ring.insns / .ring.events), h: (.hist.insns / .hist.events)}]'
all=$(jq '[.[][] | select(.ring and .hist)] | length' "$tmp/r.json")
half=$(jq "$pairs | map(select(2 * .h <= .r)) | length" "$tmp/r.json")
check 'the table says how many cost at most half' \
	says 0 "at most half of the ring buffer in $half of $all\." events "$tmp/r"
check 'the page says: none' is "$half" -eq 0
check 'a hist trigger costs at least nine tenths of the ring buffer, and less than 1.6 times' \
	is "$(jq "$pairs | map(select(.h <= 0.9 * .r or .h >= 1.6 * .r)) | length" "$tmp/r.json")" -eq 0
check 'kmap_local and pkmap are counted for each operation (i386)' \
	is "$(jq '.pkmap_use.i386.ring.events' "$tmp/r.json")" -eq "$(jq '.pkmap_use.i386.hist.events' "$tmp/r.json")"

# Under pressure tasks are switched hundreds of times, in interrupts too: who is switched
# away from calls the scheduler and nothing else.
# shellcheck disable=SC2317 # called through check
stacks() {
	"$hw" profile "$(ids "$tmp/r" --where arch="$1" --where workload=pressure | head -n 1)" -r "$tmp/r" \
		--format collapsed
}
for a in i386 x86_64; do
	stacks $a >"$tmp/stacks"
	check "$a: the scheduler was called in an interrupt" grep -q 'asm_.*;preempt_schedule_irq;__schedule' "$tmp/stacks"
	check "$a: and nobody else's work is in its name" \
		is "$(grep -E 'preempt_schedule_irq;' "$tmp/stacks" | grep -cv 'preempt_schedule_irq;__schedule[; .]')" -eq 0
	check "$a: kswapd begins where kernel threads do" \
		is "$(grep -E '(^|;)kswapd[; ]' "$tmp/stacks" | grep -cvE '^ret_from_fork_asm;ret_from_fork;kthread;kswapd[; ]')" -eq 0
done
check 'no events, no table' says 2 'no trace event was raised' \
	"$hw" profile --events "$(ids "$tmp/a" --where events=none --where arch=i386)" -r "$tmp/a"
finish
