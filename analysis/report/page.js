// SPDX-License-Identifier: GPL-2.0-or-later
// The page is whole without this: it only hides what was not asked for.
'use strict';
(function () {
	var root = document.documentElement, pick = document.getElementById('pick');
	var find = document.getElementById('find'), all = document.getElementById('all');
	var sections = document.querySelectorAll('section.cmp');

	function choose() {
		sections.forEach(function (s) { s.hidden = s.id !== pick.value; });
	}
	function filter() {
		var want = find.value.toLowerCase();
		document.querySelectorAll('section.cmp tbody tr').forEach(function (r) {
			r.hidden = want !== '' && r.cells[0].textContent.toLowerCase().indexOf(want) < 0;
		});
	}
	// A link into something closed or hidden opens it.
	function reveal() {
		var at = location.hash && document.getElementById(location.hash.slice(1));
		if (!at)
			return;
		for (var e = at; e && e !== document.body; e = e.parentElement) {
			if (e.tagName === 'DETAILS')
				e.open = true;
			if (e.classList.contains('cmp') && pick) {
				pick.value = e.id;
				choose();
			}
		}
		at.scrollIntoView();
	}
	document.querySelectorAll('.js').forEach(function (e) { e.hidden = false; });
	if (pick) {
		pick.addEventListener('change', choose);
		choose();
	}
	if (find)
		find.addEventListener('input', filter);
	if (all) {
		all.addEventListener('change', function () { root.classList.toggle('all', all.checked); });
	}
	document.getElementById('theme').addEventListener('click', function () {
		var dark = root.dataset.theme ? root.dataset.theme === 'dark' :
			matchMedia('(prefers-color-scheme: dark)').matches;
		root.dataset.theme = dark ? 'light' : 'dark';
	});
	window.addEventListener('hashchange', reveal);
	window.addEventListener('beforeprint', function () {
		sections.forEach(function (s) { s.hidden = false; });
	});
	window.addEventListener('afterprint', function () { if (pick) choose(); });
	reveal();
})();
