#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# embed.sh [DIR]: uPlot in DIR as C strings; empty ones without DIR.
set -eu

# string NAME FILE
string() {
	echo "static const char $1[] ="
	if [ -n "$2" ]; then
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/?/\\?/g' -e 's/.*/"&\\n"/' "$2"
	else
		echo '""'
	fi
	echo ';'
}
dir=${1-}
if [ -n "$dir" ] && grep -qi '</script' "$dir/dist/uPlot.iife.min.js"; then
	echo "error: uPlot holds what would end a script" >&2
	exit 2
fi
string uplot_js "${dir:+$dir/dist/uPlot.iife.min.js}"
string uplot_css "${dir:+$dir/dist/uPlot.min.css}"
string uplot_license "${dir:+$dir/LICENSE}"
