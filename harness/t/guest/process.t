#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Plan process: a process of text, data, bss, heap and stack. Its verdict holds, and what
# /proc/PID/maps said, read here again, has the sizes that were asked for.
set -u
cd "$(dirname "$0")/../../.." || exit 2
. harness/t/guest/tap.sh
. harness/t/guest/raw.sh
r=$(mktemp -d)
trap 'rm -rf "$r"' EXIT

sed 's/^kernel: .*/kernel: series/; /text: 64/d' configs/plan/process.yaml >"$r/p.yaml"
check 'both architectures, identical twice, and every claim holds' \
	says 0 '12 claims: 12 hold, 0 fail, 0 without data' "$hw" run "$r/p.yaml" -o "$r" --verify
check 'the verdict is there again' says 0 '12 claims: 12 hold' "$hw" verdict -o "$r"

# pages STEP ARCH PATTERN: of the line of maps that matches
pages() {
	local from to
	IFS=- read -r from to < <(raw "$r" "segments.maps $1" "arch=$2" events=none | grep -E -- "$3" | cut -d' ' -f1)
	[ -n "$to" ] && echo $(((16#$to - 16#$from) / 4096))
}
for a in i386 x86_64; do
	check "$a: text is 256 pages" is "$(pages exec $a '^0*8048000-')" -eq 256
	check "$a: data is 192 pages" is "$(pages exec $a '^0*10000000-')" -eq 192
	check "$a: bss is 320 pages behind it" is "$(pages exec $a '^0*100c0000-')" -eq 320
	check "$a: no heap before brk()" is "$(pages bss $a '\[heap\]' | wc -l)" -eq 0
	check "$a: the heap is 448 pages" is "$(pages heap $a '\[heap\]')" -eq 448
	check "$a: the stack is 512 pages" is "$(pages stack $a '\[stack\]')" -eq 512
	# All of it was used: what is resident is the sum of the sizes, by hand.
	check "$a: all of it is resident in the end" is \
		"$(get "$r" segments.rss stack arch=$a events=none)" -eq $((256 + 192 + 320 + 448 + 512))
done
# What the events carry, against the sizes: hexadecimal FIELD of the LAST event of that name.
field() { sed -n "s/.* $1:.* $2=0x\([0-9a-f]*\).*/\1/p" "$r/$3.txt" | tail -n 1; }
for a in i386 x86_64; do
	id=$("$hw" list -o "$r" --where arch=$a --where events=segments | cut -d' ' -f1)
	"$hw" trace "$id" -r "$r" -o "$r/$a.dat" && trace-cmd report "$r/$a.dat" >"$r/$a.txt" 2>&1
	check "$a: mm_brk moves the break by 448 pages" \
		is $((16#$(field mm_brk newbrk $a) - 16#$(field mm_brk oldbrk $a))) -eq $((448 * 4096))
	check "$a: mm_stack_grow ends with 512 pages" \
		is $((16#$(field mm_stack_grow end $a) - 16#$(field mm_stack_grow start $a))) -eq $((512 * 4096))
	check "$a: mm_exec_layout: the heap begins where bss ends, as in maps" \
		is $((16#$(field mm_exec_layout start_brk $a))) -eq $((16#100c0000 + 320 * 4096))
	check "$a: and the process where the stack does" \
		is $((16#$(field mm_exec_layout task_size $a))) -eq $((16#$(field mm_stack_grow end $a)))
done
# A claim that is wrong by one page is found out.
sed 's/{segments.rss stack} == {segments.rss_anon stack}/& + 1/' "$r/p.yaml" >"$r/wrong.yaml"
check 'a claim that is wrong by a page fails' says 1 '12 claims: 11 hold, 1 fail' "$hw" verdict "$r/wrong.yaml" -o "$r"
finish
