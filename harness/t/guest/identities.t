#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where the ring buffer, hist triggers and /proc/vmstat describe the same thing they count
# the same: every event of the list goes both ways at once, in guests of both architectures,
# under pressure of swap and page cache, and with a writer that is throttled.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir -p "$tmp/root/configs/events" "$tmp/root/out"
for d in patches vm-images; do ln -s "$PWD/$d" "$tmp/root/$d"; done
for d in kernel fio plan; do ln -s "$PWD/configs/$d" "$tmp/root/configs/$d"; done
ln -s "$PWD/out/guest" "$PWD/out/plugin" "$tmp/root/out/"
{
	echo 'room 209715200'
	# The event, and what its histogram is by.
	while read -r event hist; do
		echo "$event"
		echo "$event hist:keys=$hist"
	done <<'EVENTS'
kmem:mm_page_alloc order
kmem:mm_page_free order
vmscan:mm_vmscan_direct_reclaim_begin order
vmscan:mm_vmscan_lru_shrink_inactive nid:vals=nr_scanned,nr_reclaimed
vmscan:mm_vmscan_lru_shrink_active nid:vals=nr_taken,nr_deactivated
vmscan:mm_vmscan_kswapd_wake nid
vmscan:mm_vmscan_balance_pgdat_begin nid
vmscan:mm_vmscan_pfmemalloc_throttled nid
vmscan:mm_workingset_refault file,recent
compaction:mm_compaction_isolate_migratepages common_cpu:vals=nr_taken
compaction:mm_compaction_isolate_freepages common_cpu:vals=nr_scanned,nr_taken
compaction:mm_compaction_fast_isolate_freepages common_cpu:vals=nr_scanned,nr_taken
compaction:mm_compaction_kcompactd_wake nid
migrate:mm_migrate_pages reason:vals=succeeded,failed
swap:mm_swap_out outcome,order
swap:mm_swap_in major,order
swap:mm_swap_io_submit write,nr_folios
swap:mm_swap_io_done write,nr_folios
block:block_bio_queue dev
EVENTS
	# An event of an allocation that failed has no page frame, and vmstat no count of it.
	echo 'kmem:mm_page_alloc hist:keys=migratetype,order if pfn < 1048576'
	# Not "*W*": what is behind the end of the string would be searched too (strnstr()).
	echo 'block:block_bio_queue hist:keys=common_cpu:vals=nr_sector if rwbs ~ "W*"'
	echo 'block:block_bio_queue hist:keys=common_pid:vals=nr_sector if rwbs ~ "R*"'
} >"$tmp/root/configs/events/both.list"
cat >"$tmp/p.yaml" <<'PLAN'
name: identities
kernel: series
arch: [i386, x86_64]
memory: 128M
events: both
workload:
  - {name: pressure, swap: {backing: ram, size: 28M}, anon: 64M, file: 12M, ops: 1024}
  - {name: dirty-writer, write: 64M}
PLAN
check 'everything is counted twice, nothing is lost' says 0 '4 runs done.* 0 not ok' \
	env HIGHWATER_ROOT="$tmp/root" "$hw" run "$tmp/p.yaml" -o "$tmp/r"

# sum PATTERN: of the figures of the cell at hand whose "NAME LABEL" fits; 0: there is none
sum() { awk -v p="^($1) +[0-9]+ [a-z]+\$" '$0 ~ p { n += $(NF - 1) } END { printf "%.0f\n", n }' "$tmp/cell"; }
# pages NAME: events of order n stand for 2^n pages
pages() {
	awk -v p="^hist.$1order=[0-9]+ " '$0 ~ p { o = $0; sub(/.*order=/, "", o); n += $(NF - 1) * 2 ^ int(o) }
		END { printf "%.0f\n", n }' "$tmp/cell"
}
same() { check "$of: $1" is "$2" -eq "$3"; }
some() { check "$of: $1 ($2)" is "$2" -gt 0; }
# within MOST: two counts of one thing at different moments of it
within() { check "$of: $2" near "$3" "$4" "$1"; }

for a in i386 x86_64; do
	for w in pressure dirty-writer; do
		of="$a $w"
		"$hw" show "$("$hw" list -o "$tmp/r" --where arch=$a --where workload=$w | cut -d' ' -f1)" -o "$tmp/r" |
			sed -n '/^metrics/,/^findings/p' >"$tmp/cell"
		while read -r event; do
			same "each $event is in the ring buffer and in the histogram" "$(sum "events.$event")" \
				"$(sum "hist.$event.hits [a-z_,]+" | awk -v n="$(grep -c "^hist.$event.hits " "$tmp/cell")" \
				-v first="$(awk -v e="hist.$event.hits" '$1 == e { print $(NF - 1); exit }' "$tmp/cell")" \
				'{ print n ? first : 0 }')"
		done < <(sed -n 's/ hist:.*//p' "$tmp/root/configs/events/both.list" | sort -u)
		some 'pages are allocated' "$(sum 'vmstat.pgalloc_[a-z0-9]+')"
		# A page that a task takes from its own compaction is in no zone's count
		# (__alloc_pages_direct_compact(), compact_control.capc).
		captured=$(($(pages 'kmem:mm_page_alloc migratetype=[0-9]+,') - $(sum 'vmstat.pgalloc_[a-z0-9]+')))
		check "$of: pages allocated, by their orders ($captured captured)" is $captured -ge 0
		check "$of: captured are at most those compaction made, of order 5 and less" \
			is $captured -le $((32 * $(sum vmstat.compact_success)))
		# Nor are pages that compaction had taken for a copy and did not use (compaction_free()).
		unused=$(($(pages 'kmem:mm_page_free ') - $(sum vmstat.pgfree)))
		check "$of: pages freed, by their orders ($unused of compaction)" is $unused -ge 0
		check "$of: of compaction are at most those it isolated" is $unused -le "$(sum vmstat.compact_isolated)"
		some 'the devices read' "$(sum vmstat.pgpgin)"
		same 'sectors read are twice the KiB of vmstat' "$(sum 'hist.block:block_bio_queue.nr_sector common_pid=[0-9]+')" \
			$((2 * $(sum vmstat.pgpgin)))
		same 'and those written' "$(sum 'hist.block:block_bio_queue.nr_sector common_cpu=0')" $((2 * $(sum vmstat.pgpgout)))
	done
	"$hw" show "$("$hw" list -o "$tmp/r" --where arch=$a --where workload=pressure | cut -d' ' -f1)" -o "$tmp/r" |
		sed -n '/^metrics/,/^findings/p' >"$tmp/cell"
	of="$a pressure"
	scanned='vmstat.pgscan_(kswapd|direct|khugepaged|proactive)' freed='vmstat.pgsteal_(kswapd|direct|khugepaged|proactive)'
	some 'there is direct reclaim' "$(sum 'vmstat.allocstall_[a-z0-9]+')"
	# A reclaim that has to begin anew is another stall (do_try_to_free_pages()).
	check "$of: at most as many direct reclaims as allocation stalls" \
		is "$(sum events.vmscan:mm_vmscan_direct_reclaim_begin)" -le "$(sum 'vmstat.allocstall_[a-z0-9]+')"
	# kswapd may be within a batch of 32 pages at either end.
	within 32 'pages scanned' "$(sum 'hist.vmscan:mm_vmscan_lru_shrink_inactive.nr_scanned nid=0')" "$(sum "$scanned")"
	within 32 'pages reclaimed' "$(sum 'hist.vmscan:mm_vmscan_lru_shrink_inactive.nr_reclaimed nid=0')" "$(sum "$freed")"
	within 32 'pages of active lists looked at' "$(sum 'hist.vmscan:mm_vmscan_lru_shrink_active.nr_taken nid=0')" "$(sum vmstat.pgrefill)"
	within 32 'pages deactivated' "$(sum 'hist.vmscan:mm_vmscan_lru_shrink_active.nr_deactivated nid=0')" "$(sum vmstat.pgdeactivate)"
	some 'kswapd works' "$(sum vmstat.pageoutrun)"
	within 1 "kswapd's turns" "$(sum events.vmscan:mm_vmscan_balance_pgdat_begin)" "$(sum vmstat.pageoutrun)"
	within 1 'its wake-ups' "$(sum events.vmscan:mm_vmscan_kswapd_wake)" "$(sum vmstat.pageoutrun)"
	same 'tasks throttled for the reserves' "$(sum events.vmscan:mm_vmscan_pfmemalloc_throttled)" \
		"$(sum 'vmstat.pgscan_direct_throttle')"
	some 'anonymous pages come back' "$(sum vmstat.workingset_refault_anon)"
	# Counters of a node: up to 4 are still a CPU's (calculate_normal_threshold()).
	within 4 'refaults of anonymous pages' "$(sum 'hist.vmscan:mm_workingset_refault file=0,recent=[01]')" \
		"$(sum vmstat.workingset_refault_anon)"
	within 4 'and those activated' "$(sum 'hist.vmscan:mm_workingset_refault file=0,recent=1')" \
		"$(sum vmstat.workingset_activate_anon)"
	some 'there is compaction' "$(sum vmstat.compact_isolated)"
	same 'free pages compaction scanned' "$(sum 'hist.compaction:mm_compaction_(fast_)?isolate_freepages.nr_scanned common_cpu=0')" \
		"$(sum vmstat.compact_free_scanned)"
	same 'pages it isolated' "$(sum 'hist.compaction:mm_compaction_.*isolate_(migrate|free)pages.nr_taken common_cpu=0')" \
		"$(sum vmstat.compact_isolated)"
	same "kcompactd's wake-ups" "$(sum events.compaction:mm_compaction_kcompactd_wake)" "$(sum vmstat.compact_daemon_wake)"
	same 'pages migrated' "$(sum 'hist.migrate:mm_migrate_pages.succeeded reason=[^ ]+')" "$(sum vmstat.pgmigrate_success)"
	same 'pages not migrated' "$(sum 'hist.migrate:mm_migrate_pages.failed reason=[^ ]+')" "$(sum vmstat.pgmigrate_fail)"
	some 'pages go to swap' "$(sum vmstat.pswpout)"
	same 'pages written to swap' "$(sum 'hist.swap:mm_swap_out outcome=5,order=0')" "$(sum vmstat.pswpout)"
	some 'and some are zero' "$(sum vmstat.swpout_zero)"
	same 'pages of zeroes' "$(sum 'hist.swap:mm_swap_out outcome=2,order=0')" "$(sum vmstat.swpout_zero)"
	same 'swap faults that waited are the major faults' "$(sum 'hist.swap:mm_swap_in major=1,order=[0-9]+')" "$(sum vmstat.pgmajfault)"
	same 'pages that came back: read, of zeroes, or read ahead' "$(sum events.swap:mm_swap_in)" \
		$(($(sum vmstat.pswpin) + $(sum vmstat.swpin_zero) - $(sum vmstat.swap_ra) + $(sum vmstat.swap_ra_hit)))
	for io in "submit" "done"; do
		same "requests to write ($io)" "$(sum "hist.swap:mm_swap_io_$io write=1,nr_folios=[0-9]+")" "$(sum vmstat.nrswpout)"
		same "requests to read ($io)" "$(sum "hist.swap:mm_swap_io_$io write=0,nr_folios=[0-9]+")" "$(sum vmstat.nrswpin)"
	done
	same 'each is one of the device' "$(sum 'hist.block:block_bio_queue dev=1048576')" \
		$(($(sum vmstat.nrswpin) + $(sum vmstat.nrswpout)))
done
finish
