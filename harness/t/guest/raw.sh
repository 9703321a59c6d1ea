# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's files as a guest sent them, out of the frames: what the harness
# computes is checked against these, not against itself. Source it after tap.sh.
# shellcheck shell=bash

# raw RESULTS HEAD KEY=VALUE...: the payload of the frame that begins with the line HEAD
# ("end /proc/zoneinfo", "layout maps"), of the one run with these axes
raw() {
	local results=$1 head=$2 where=() id
	shift 2
	for w in "$@"; do where+=(--where "$w"); done
	# shellcheck disable=SC2154 # hw is set by tap.sh
	id=$("$hw" list -o "$results" "${where[@]}" --json | grep -oE '[0-9a-f]{64}' | head -n 1)
	perl -0777 -ne '
		BEGIN { $head = shift @ARGV }
		# a frame: magic, type, flags, bytes, seq, vtime, two crcs; payload padded to 8
		for (my $at = 0; $at + 32 <= length; ) {
			my ($magic, $type, $flags, $bytes) = unpack "VvvV", substr($_, $at, 12);
			my $payload = substr($_, $at + 32, $bytes);
			print(substr($payload, length($head) + 1)), exit if index($payload, "$head\n") == 0;
			$at += 32 + (($bytes + 7) & ~7);
		}' "$head" "$results/runs/$id/1/frames"
}

# is A OP B: with whole numbers; an empty one is false
is() {
	echo "$*"
	[ -n "$1" ] && [ -n "$3" ] && test "$1" "$2" "$3"
}
