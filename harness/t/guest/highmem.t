#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Plans highmem and layout, a short form: where lowmem ends, by the kernel's zones, by
# its page tables and by arithmetic; what is beyond costs a mapping; the drawing shows it.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
. harness/t/guest/raw.sh
r=$(mktemp -d)
trap 'rm -rf "$r"' EXIT

cat >"$r/h.yaml" <<'PLAN'
name: highmem
kernel: series
arch: [i386, x86_64]
memory: [512M, 1G]
swap: {backing: ram, size: 16M}
workload: {name: reach, pages: 2048}
verdict:
  - claim: all or none of the pages are in highmem, as the memory says
    where: {memory: 1G, arch: i386}
    check: "{high_pages cache} == {@pages} and {high_pages anon} == {@pages} and {high_pages anon | memory=512M} == 0"
  - claim: a mapping costs, and copy on write needs two
    where: {memory: 1G, arch: i386}
    check: >
      {insns_per_page read} - {insns_per_page read | memory=512M} > 60 and
      {insns_per_page cow} - {insns_per_page cow | memory=512M} >
      1.6 * ({insns_per_page read} - {insns_per_page read | memory=512M})
  - claim: on x86_64 it does not matter
    where: {memory: 1G, arch: x86_64}
    check: "abs({insns_per_page read} - {insns_per_page read | memory=512M}) < 10 and {high_pages anon} == 0"
PLAN
check 'reach: identical twice, and every claim holds' says 0 '3 claims: 3 hold' "$hw" run "$r/h.yaml" -o "$r" --verify
check 'reach without swap fails with the reason' says 1 'workload reach needs swap' \
	"$hw" run <(sed '/^swap/d; /^verdict/,$d; s/512M, 1G/256M/; s/i386, //' "$r/h.yaml") -o "$r/n"

cat >"$r/l.yaml" <<'PLAN'
name: layout
kernel: series
arch: [i386, x86_64]
memory: 2G
workload: {name: layout}
verdict:
  - {claim: a process has 3 GiB, where: {arch: i386}, check: "{layout.task_end} == 3G / 4K"}
  - claim: the direct mapping is lowmem and no page more
    where: {arch: i386}
    check: >
      {layout.mapped kernel.direct} == {layout.to zone.Normal} and
      {layout.from zone.HighMem} == {layout.to zone.Normal}
  - claim: or all of memory
    where: {arch: x86_64}
    check: "{layout.mapped kernel.direct} == {layout.to zone.DMA32}"
PLAN
check 'layout: identical twice, and every claim holds' says 0 '3 claims: 3 hold' \
	"$hw" run "$r/l.yaml" -o "$r" --verify

tables() { raw "$r" 'layout page_tables' arch="$1" workload=layout; }
zone_start() { raw "$r" 'layout zoneinfo' arch="$1" workload=layout | awk -v z="$2" '
	/^Node 0, zone/ { in_it = $4 == z } in_it && $1 == "start_pfn:" { print $2 }'; }
# The end of the last page that the direct mapping maps, in pages above PAGE_OFFSET.
end=$(tables i386 | awk '/Kernel Mapping/ { on = 1 } /vmalloc\(\) Area/ { on = 0 } on && / (RW|ro) / { sub(/.*-0x/, "", $1); e = $1 } END { print e }')
check 'i386: page tables and zones agree where lowmem ends' \
	is $((16#$end / 4096 - 0xc0000)) -eq "$(zone_start i386 HighMem)"
# arch/x86/include/asm/pgtable_32_areas.h: MAXMEM = VMALLOC_END - PAGE_OFFSET - 128 MiB, and
# VMALLOC_END is two pages below the pkmap area, 12 MiB below the top.
check 'i386: and MAXMEM says so' \
	is "$(zone_start i386 HighMem)" -eq $(((1024 - 128 - 12) * 256 - 2))
# shellcheck disable=SC2317 # called through check
stack_end() { raw "$r" 'layout maps' arch="$1" workload=layout | sed -n 's/^[0-9a-f]*-\([0-9a-f]*\) .*\[stack\]/\1/p'; }
check 'i386: a process ends at 3 GiB' test "$(stack_end i386)" = c0000000
check 'x86_64: a process ends a page below 128 TiB' test "$(stack_end x86_64)" = 7ffffffff000

id() { "$hw" list -o "$r" --where arch="$1" --where workload=layout | cut -d' ' -f1; }
check 'map: the direct mapping, from 3 GiB on' says 0 " c0000000 - $end +884M  kernel  direct" "$hw" map "$(id i386)" -r "$r"
check 'map: no highmem on x86_64' says 0 'DMA32 +[0-9.]+G managed; in the direct mapping' "$hw" map "$(id x86_64)" -r "$r"
check 'map: a picture' "$hw" map "$(id i386)" -r "$r" -o "$r/map.svg"
check 'with both zones' grep -q 'ZONE_HIGHMEM.*ZONE_NORMAL' "$r/map.svg"
check 'a run that measured no layout is refused' says 2 'measured no layout' \
	"$hw" map "$("$hw" list -o "$r" --where workload=reach | head -n 1 | cut -d' ' -f1)" -r "$r"
finish
