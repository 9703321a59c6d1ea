#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the lists of configs/events/ gather, in guests of both architectures: each thing is
# made to happen and seen counted, and sums of one source are those of another.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cat >"$tmp/p.yaml" <<'PLAN'
name: gather
arch: [i386, x86_64]
workload:
  - {name: swap, memory: 112M, swap: {backing: ram, size: 40M}, idle: 80, from: 40, to: 40, touches: 512, events: swap}
  - {name: high-order, memory: 128M, events: latency}
  - {name: high-order, memory: 128M, events: alloc, require: "unusable.8 >= 800, vmstat.nr_free_pages >= 100"}
  - {name: dirty-writer, memory: 128M, write: 64M, events: writeback}
PLAN
check 'swap, fragmentation and dirty pages: all of it is recorded, nothing lost' \
	says 0 '8 runs done.* 0 not ok' "$hw" run "$tmp/p.yaml" -o "$tmp/r"

# get ARCH EVENTS PATTERN: the sum of the values whose "NAME LABEL" fits; a figure of no
# unit ends in a blank
get() {
	local id
	id=$("$hw" list -o "$tmp/r" --where arch="$1" --where events="$2" | cut -d' ' -f1 | head -n 1)
	"$hw" show "$id" -o "$tmp/r" | awk -v p="^($3) +[-0-9.]+ [^ ]*\$" '$0 ~ p { n += / $/ ? $NF : $(NF - 1); any = 1 }
		END { if (any) printf "%.0f\n", n }'
}
# A histogram has no row for what did not happen.
rows() {
	local n
	n=$(get "$@")
	echo "${n:-0}"
}
cat >"$tmp/whole.yaml" <<'PLAN'
name: whole
arch: [i386, x86_64]
workload: {name: "null", memory: 128M, require: "unusable.8 >= 800"}
PLAN
check 'a plan that says fragmented fails when it is not' \
	says 1 'precondition: unusable.8 is [0-9]+, the plan requires >= 800' "$hw" run "$tmp/whole.yaml" -o "$tmp/whole"
for a in i386 x86_64; do
	check "$a: memory was fragmented when the work began" is "$(get $a alloc 'require.unusable 8')" -ge 800
	# swap
	out=$(get $a swap vmstat.pswpout) zero=$(get $a swap vmstat.swpout_zero)
	check "$a: pages are swapped out and in" is "$(get $a swap vmstat.pswpin)" -gt 1000
	check "$a: each page that swap_writeout() took was written, or zero (or free again: few)" \
		is "$(get $a swap events.hw:swapout_begin)" -ge "$((out + zero))"
	check "$a: at most 10 were free again" \
		is "$(get $a swap events.hw:swapout_begin)" -le "$((out + zero + 10))"
	# The agent is swapped as well: a page of its own may come in after the last snapshot.
	felt=$(get $a swap latency.swapin.count)
	came=$(($(get $a swap vmstat.pswpin) + $(get $a swap vmstat.swpin_zero) - $(get $a swap vmstat.swap_ra)))
	check "$a: a task felt each page that came in" is "$((felt - came))" -ge 0
	check "$a: and no other but at the end" is "$((felt - came))" -le 2
	check "$a: which are the major faults" is "$(get $a swap vmstat.pgmajfault)" -eq "$came"
	check "$a: the device had a request for each swap I/O of vmstat" \
		is "$(get $a swap events.block:block_bio_queue)" -eq \
		"$(($(get $a swap vmstat.nrswpin) + $(get $a swap vmstat.nrswpout)))"
	check "$a: of a page each, as the histogram of sizes says" \
		is "$(get $a swap 'hist.block:block_bio_queue dev=1048576,nr_sector=8')" -eq \
		"$(get $a swap events.block:block_bio_queue)"
	check "$a: the histogram of sizes has each request" \
		is "$(get $a swap 'hist.block:block_bio_queue.hits dev,nr_sector')" -eq \
		"$(get $a swap events.block:block_bio_queue)"
	check "$a: idle memory was swapped" is "$(get $a swap 'swap.idle_out set40')" -gt 1000
	check "$a: none of the hot" is "$(get $a swap 'swap.hot_out set40')" -eq 0
	check "$a: swapping in takes longer than the device" \
		is "$(get $a swap 'latency.swapin p50')" -gt "$(get $a swap 'latency.bio p50')"

	# reclaim
	check "$a: a latency for each allocation stall" \
		is "$(get $a latency latency.direct_reclaim.count)" -eq "$(get $a latency 'vmstat.allocstall_[a-z0-9]+')"
	check "$a: and for each turn of kswapd" \
		is "$(($(get $a latency latency.balance_pgdat.count) + $(get $a latency latency.balance_pgdat.open)))" \
		-ge "$(get $a latency vmstat.pageoutrun)"
	check "$a: compaction is timed" is "$(get $a latency latency.compaction.count)" -gt 0
	check "$a: kswapd's wake-ups and its time until it sleeps, by zone" \
		is "$(rows $a latency 'latency.kswapd.count zid=[0-9]')" -eq "$(get $a latency latency.kswapd.count)"
	check "$a: by order" \
		is "$(get $a latency 'latency.kswapd_wakeup.count order=[0-9]+')" -eq \
		"$(get $a latency latency.kswapd_wakeup.count)"

	# fragmentation
	for o in 4 5 6 7 8; do
		check "$a: blocks of order $o that were asked for" \
			is "$(get $a alloc "hist.hw:alloc_begin order=$o")" -eq "$(get $a alloc "high.tries order$o")"
		check "$a: and those there were" \
			is "$(rows $a alloc "hist.hw:alloc_end order=$o")" -eq "$(get $a alloc "high.got order$o")"
		check "$a: each is timed" \
			is "$(get $a alloc "latency.alloc.count order=$o")" -eq "$(get $a alloc "high.tries order$o")"
	done
	check "$a: the kernel's own event has as many calls as the probes" \
		is "$(get $a alloc 'hist.kmem:mm_page_alloc.hits order')" -eq "$(get $a alloc latency.alloc.count)"
	check "$a: fallbacks: whole pageblocks are claimed" \
		is "$(get $a alloc 'hist.kmem:mm_page_alloc_extfrag .*change_ownership=1')" -gt 0
	check "$a: and single pages stolen" \
		is "$(get $a alloc 'hist.kmem:mm_page_alloc_extfrag .*change_ownership=0')" -gt 0
	check "$a: pageblocks by type add up to the zones" \
		is "$(($(get $a alloc 'pageblocks.[A-Za-z0-9]+ type=[A-Za-z]+') * 512))" -ge \
		"$(get $a alloc 'zone.present [A-Za-z0-9]+')"

	# dirty pages
	check "$a: the writer is put to sleep" is "$(get $a writeback latency.dirty_pause.count)" -gt 0
	check "$a: each pause that is asked for is slept" \
		is "$(get $a writeback 'latency.dirty_throttle max')" -ge \
		"$(($(get $a writeback 'latency.dirty_pause max') - 2000000))"
	check "$a: the flusher's work is timed" is "$(get $a writeback latency.writeback_inode.count)" -gt 0
	check "$a: and the device's, each request" \
		is "$(get $a writeback latency.request.count)" -gt 0
	check "$a: pages written are requests' sectors" \
		is "$(get $a writeback vmstat.nr_written)" -gt 1000
done

cat >"$tmp/kmap.yaml" <<'PLAN'
name: kmap
arch: i386
kernel: series+bench
workload: {name: mm_bench, memory: 1G, test: kmap_cycle, iters: 20, events: highmem}
PLAN
check 'i386: kmap is recorded' says 0 '1 runs done.* 0 not ok' "$hw" run "$tmp/kmap.yaml" -o "$tmp/r"
# kmap (i386 only): the benchmark walks over more pages than there are slots.
check 'i386: permanent maps are timed' is "$(get i386 highmem latency.kmap.count)" -gt 1000
check 'i386: so is the flush of all of them' is "$(get i386 highmem latency.kmap_flush.count)" -gt 0
check 'i386: which is part of some map' \
	is "$(get i386 highmem 'latency.kmap max')" -gt "$(get i386 highmem 'latency.kmap_flush p50')"
finish
