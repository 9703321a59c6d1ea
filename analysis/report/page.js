// SPDX-License-Identifier: GPL-2.0-or-later
// The page is whole without this: it hides what was not asked for, lets figures be
// zoomed (uPlot) and saved, and opens what is packed.
'use strict';
(function () {
	var root = document.documentElement, byId = function (id) { return document.getElementById(id); };
	var pick = byId('pick'), find = byId('find'), all = byId('all');
	var sections = document.querySelectorAll('section.cmp'), plots = [];

	function choose() {
		sections.forEach(function (s) { s.hidden = s.id !== pick.value; });
	}
	function filter() {
		var want = find.value.toLowerCase(), shown = 0;
		document.querySelectorAll('section.cmp tbody tr').forEach(function (r) {
			r.hidden = want !== '' && r.cells[0].textContent.toLowerCase().indexOf(want) < 0;
			shown += !r.hidden && !r.closest('section').hidden;
		});
		byId('found').textContent = want === '' ? '' : shown + ' rows';
	}
	// A link into something closed or hidden opens it.
	function reveal() {
		var at = location.hash && byId(location.hash.slice(1));
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
		if (at.tagName === 'DETAILS')
			at.firstElementChild.focus();
	}

	// Packed texts: "at+length" pieces of one text, which is in blocks of zlib in base64.
	var packed = document.querySelectorAll('script.z'), blocks = [];
	function block(n) {
		if (!blocks[n]) {
			var bytes = Uint8Array.from(atob(packed[n].textContent), function (c) { return c.charCodeAt(0); });
			blocks[n] = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')))
				.arrayBuffer().then(function (b) { return new TextDecoder('latin1').decode(b); });
		}
		return blocks[n];
	}
	async function piece(at, len) {
		for (var size = +packed[0].dataset.size, text = ''; text.length < len;) {
			var from = at + text.length, b = await block(Math.floor(from / size));
			text += b.substr(from % size, len - text.length);
		}
		return text;
	}
	async function unpack(d) {
		var pre = d.querySelector('pre'), text = '';
		if (!d.open || pre.textContent)
			return;
		try {
			for (var p of d.dataset.z.split(' '))
				text += await piece(+p.split('+')[0], +p.split('+')[1]);
		} catch (e) {
			text = 'this browser cannot unpack it: highwater show';
		}
		pre.textContent = text;
	}

	// Figures. Their data are beside them: {"lines":[[name,[x...],[y...]]...],"step","x","y"}.
	function data(fig) {
		var d = fig.querySelector('script.data');
		return d && JSON.parse(d.textContent);
	}
	function save(name, blob) {
		var a = document.createElement('a');
		a.href = URL.createObjectURL(blob);
		a.download = name;
		a.click();
		setTimeout(function () { URL.revokeObjectURL(a.href); }, 10000);
	}
	function nameOf(fig) {
		return fig.querySelector('figcaption').textContent.replace(/[^A-Za-z0-9._=-]+/g, '_').slice(0, 100);
	}
	// The figure by itself: colours written into it, as on paper, with its title.
	function alone(fig) {
		// Pictures with a style of their own: an image, or a document in a frame.
		var img = fig.querySelector('img'), frame = fig.querySelector('iframe');
		if (img)
			return decodeURIComponent(img.src.slice(img.src.indexOf(',') + 1));
		if (frame)
			return frame.getAttribute('srcdoc').replace(/^<style>.*?<\/style>/, '');
		var svg = fig.querySelector('svg'), copy = svg.cloneNode(true);
		var from = svg.querySelectorAll('*'), to = copy.querySelectorAll('*'), box = svg.viewBox.baseVal;
		var theme = root.dataset.theme;
		root.dataset.theme = 'light';
		['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font', 'fill-opacity'].forEach(function (p) {
			from.forEach(function (e, i) { to[i].style.setProperty(p, getComputedStyle(e).getPropertyValue(p)); });
		});
		if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
		copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
		// Its title in lines that fit, and what it is in.
		var lines = [''], top;
		fig.querySelector('figcaption').textContent.split(' ').forEach(function (w) {
			if ((lines[lines.length - 1] + ' ' + w).length > 84)
				lines.push('');
			lines[lines.length - 1] += (lines[lines.length - 1] && ' ') + w;
		});
		lines.push(fig.querySelector('p').textContent);
		top = 14 * lines.length + 8;
		copy.setAttribute('viewBox', '0 ' + -top + ' ' + box.width + ' ' + (box.height + top));
		copy.setAttribute('width', box.width);
		copy.setAttribute('height', box.height + top);
		copy.insertAdjacentHTML('afterbegin', '<rect y="' + -top + '" width="100%" height="100%" fill="#fff"/>');
		lines.forEach(function (l, i) {
			var t = document.createElementNS('http://www.w3.org/2000/svg', 'text');
			t.setAttribute('x', 6);
			t.setAttribute('y', 14 * (i + 1) - top);
			t.setAttribute('style', 'fill:#1c2330;font:' + (i < lines.length - 1 ? '600 ' : '') + '11px sans-serif');
			t.textContent = l;
			copy.firstElementChild.after(t);
		});
		return new XMLSerializer().serializeToString(copy);
	}
	function savePng(fig) {
		var img = new Image(), text = alone(fig);
		img.onload = function () {
			var c = document.createElement('canvas');
			c.width = img.width * 2;
			c.height = img.height * 2;
			c.getContext('2d').drawImage(img, 0, 0, c.width, c.height);
			c.toBlob(function (b) { save(nameOf(fig) + '.png', b); });
		};
		img.src = 'data:image/svg+xml,' + encodeURIComponent(text);
	}
	function table(fig) {
		var t = fig.querySelector('table.data'), d = data(fig), html = '';
		if (t) {
			t.parentElement.remove();
			return false;
		}
		d.lines.forEach(function (l) {
			l[1].forEach(function (x, i) { html += '<tr><td>' + '</td><td class="n">' + x + '</td><td class="n">' + l[2][i] + '</td></tr>'; });
		});
		fig.insertAdjacentHTML('beforeend', '<div class="scroll short" tabindex="0" role="region" aria-label="data">' +
			'<table class="data"><thead><tr><th scope="col">line</th><th scope="col"></th>' +
			'<th scope="col"></th></tr></thead><tbody>' + html + '</tbody></table></div>');
		t = fig.querySelector('table.data');
		t.tHead.rows[0].cells[1].textContent = d.x;
		t.tHead.rows[0].cells[2].textContent = d.y;
		var row = 0;
		d.lines.forEach(function (l) {
			l[1].forEach(function () { t.tBodies[0].rows[row++].cells[0].textContent = l[0]; });
		});
		return true;
	}
	// uPlot in place of the drawing: drag or + - to zoom, arrows move, 0 for all.
	function zoom(fig) {
		var d = data(fig), svg = fig.querySelector('svg'), box = fig.querySelector('.zoom');
		var css = getComputedStyle(fig), dash = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], []];
		var colour = function (n) { return css.getPropertyValue(n).trim(); };
		if (box) {
			plots = plots.filter(function (p) { return p.fig !== fig; });
			box.remove();
			svg.style.display = '';
			return false;
		}
		box = document.createElement('div');
		box.className = 'zoom';
		box.tabIndex = 0;
		box.setAttribute('role', 'application');
		box.setAttribute('aria-label', fig.querySelector('figcaption').textContent +
			'; arrows move the cursor, plus and minus zoom, 0 shows all');
		svg.after(box);
		svg.style.display = 'none';
		var joined = uPlot.join(d.lines.map(function (l) { return [l[1], l[2]]; }));
		// A step holds: between its own points a line keeps its value.
		if (d.step)
			joined.slice(1).forEach(function (y) {
				for (var i = 1; i < y.length; i++)
					if (y[i] == null)
						y[i] = y[i - 1];
			});
		var axis = { stroke: colour('--dim'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') },
			size: 64 };
		var u = new uPlot({
			width: fig.clientWidth - 20, height: 280, scales: { x: { time: false }, y: { distr: d.log ? 3 : 1 } },
			axes: [Object.assign({}, axis, { label: d.x, size: 40, labelSize: 20 }), Object.assign({}, axis, { label: d.y, labelSize: 20 })],
			series: [{ label: d.x }].concat(d.lines.map(function (l, i) {
				return { label: l[0], stroke: colour('--s' + i), dash: dash[i], width: 2, spanGaps: true,
					points: { show: !d.step }, paths: d.step ? uPlot.paths.stepped({ align: 1 }) : undefined };
			})),
		}, joined, box);
		var at = 0, say = document.createElement('p');
		say.setAttribute('aria-live', 'polite');
		box.append(say);
		box.addEventListener('keydown', function (e) {
			var x = joined[0], s = u.scales.x;
			var by = { ArrowLeft: -1, ArrowRight: 1 }[e.key], f = { '+': 0.5, '=': 0.5, '-': 2 }[e.key];
			if (by) {
				var i = at = Math.min(x.length - 1, Math.max(0, at + by)), width = s.max - s.min;
				// The cursor takes the view along.
				if (x[i] < s.min)
					u.setScale('x', { min: x[i], max: x[i] + width });
				else if (x[i] > s.max)
					u.setScale('x', { min: x[i] - width, max: x[i] });
				u.setCursor({ left: u.valToPos(x[i], 'x'), top: u.cursor.top > 0 ? u.cursor.top : 10 });
				say.textContent = d.x + ' ' + x[i] + ': ' + d.lines.map(function (l, k) {
					return l[0] + ' ' + joined[k + 1][i];
				}).join(', ');
			} else if (f) {
				var mid = x[at], half = (s.max - s.min) * f / 2;
				u.setScale('x', { min: Math.max(x[0], mid - half), max: Math.min(x[x.length - 1], mid + half) });
			} else if (e.key === '0') {
				u.setScale('x', { min: x[0], max: x[x.length - 1] });
			} else {
				return;
			}
			e.preventDefault();
		});
		plots.push({ fig: fig, u: u });
		box.focus();
		return true;
	}
	function button(bar, name, fn, pressed) {
		var b = document.createElement('button');
		b.type = 'button';
		b.textContent = name;
		if (pressed)
			b.setAttribute('aria-pressed', 'false');
		b.addEventListener('click', function () {
			var on = fn(bar.closest('figure'));
			if (pressed)
				b.setAttribute('aria-pressed', String(on));
		});
		bar.append(b);
	}
	document.querySelectorAll('figure').forEach(function (fig) {
		var bar = document.createElement('div');
		bar.className = 'bar';
		fig.append(bar);
		if (fig.querySelector('script.data')) {
			if (window.uPlot)
				button(bar, 'zoom', zoom, true);
			button(bar, 'table', table, true);
		}
		button(bar, 'SVG', function (f) { save(nameOf(f) + '.svg', new Blob([alone(f)], { type: 'image/svg+xml' })); });
		button(bar, 'PNG', savePng);
	});
	function redraw() {
		plots.slice().forEach(function (p) { zoom(p.fig); zoom(p.fig); });
	}

	document.querySelectorAll('.js').forEach(function (e) { e.hidden = false; });
	document.querySelectorAll('details.z').forEach(function (d) {
		d.addEventListener('toggle', function () { unpack(d); });
	});
	if (pick) {
		pick.addEventListener('change', function () { choose(); filter(); });
		choose();
	}
	if (find)
		find.addEventListener('input', filter);
	if (all)
		all.addEventListener('change', function () { root.classList.toggle('all', all.checked); });
	byId('theme').addEventListener('click', function () {
		var dark = root.dataset.theme ? root.dataset.theme === 'dark' :
			matchMedia('(prefers-color-scheme: dark)').matches;
		root.dataset.theme = dark ? 'light' : 'dark';
		redraw();
	});
	window.addEventListener('hashchange', reveal);
	window.addEventListener('beforeprint', function () {
		sections.forEach(function (s) { s.hidden = false; });
	});
	window.addEventListener('afterprint', function () { if (pick) choose(); });
	reveal();
})();
