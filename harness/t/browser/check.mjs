// SPDX-License-Identifier: GPL-2.0-or-later
// check.mjs MODULES PAGE [SHOTS]: open a report as a person does, in headless Chromium,
// and say what does not work; exit 1 if anything. With SHOTS, pictures go there. With
// RUNS=DIR in the environment the console of the last run has to be the one in DIR.
import { createRequire } from 'node:module';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [modules, page_file, shots] = process.argv.slice(2);
const require = createRequire(pathToFileURL(modules + '/'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const executablePath = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find(existsSync);
const problems = [];
// axe takes gigabytes to see hundreds of thousands of elements; the marks are those of a small page.
const large = statSync(page_file).size > 4 << 20;
let checks = 0;

function check(good, what) {
	checks++;
	if (!good)
		problems.push(what);
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

async function open(options) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(300000);
	page.on('console', m => { if (['error', 'warning'].includes(m.type())) problems.push('console: ' + m.text()); });
	page.on('pageerror', e => problems.push('exception: ' + e.message));
	page.on('request', r => { if (!/^(file|data|blob):/.test(r.url())) problems.push('asks for ' + r.url()); });
	await page.goto(pathToFileURL(page_file).href, { timeout: 300000 });
	return page;
}
async function shot(page, name, full) {
	if (shots) {
		mkdirSync(shots, { recursive: true });
		await page.screenshot({ path: `${shots}/${name}.png`, fullPage: !!full });
	}
}
// axe: names, roles, contrast as the page is shown now. Of a page of thousands of alike rows,
// runs and figures it sees the first of each: all of them would take it minutes.
async function accessible(page, what) {
	await page.evaluate(axe);
	const found = await page.evaluate(() => {
		document.querySelectorAll('[data-axe]').forEach(e => e.removeAttribute('data-axe'));
		const some = ['header', 'nav', '#verdicts', '#comparisons', 'section.cmp:not([hidden]) > ul', 'section.cmp:not([hidden]) > h2',
			'section.cmp:not([hidden]) details', '#matrix caption', '#matrix tbody tr', 'figure', '#runs > details', '#limits', 'footer'];
		some.forEach(s => [...document.querySelectorAll(s)].slice(0, 2).forEach(e => e.setAttribute('data-axe', '')));
		return axe.run({ include: ['[data-axe]'] }, { resultTypes: ['violations'] }).then(r => r.violations.map(v =>
			`${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 120)} ${v.nodes[0].failureSummary.slice(0, 160)}`));
	});
	check(found.length === 0, `${what}: ${found.join('; ')}`);
}

// Both files of a figure.
async function saved(fig, name) {
	for (const [kind, head] of [['SVG', '<svg'], ['PNG', '\x89PNG']]) {
		const [d] = await Promise.all([page.waitForEvent('download'), fig.getByRole('button', { name: kind }).click()]);
		const bytes = readFileSync(await d.path());
		check(bytes.toString('latin1').startsWith(head) && bytes.length > 1000, `${kind} of ${name} of ${bytes.length} bytes`);
		check(d.suggestedFilename().endsWith('.' + kind.toLowerCase()), `${kind} of ${name} is called ${d.suggestedFilename()}`);
		if (shots)
			await d.saveAs(`${shots}/${name}.${kind.toLowerCase()}`);
	}
}

let page = await open();

// Pickers.
const options = await page.locator('#pick option').evaluateAll(o => o.map(e => e.value));
for (const v of options.slice(0, 4)) {
	await page.selectOption('#pick', v);
	const shown = await page.locator('section.cmp:not([hidden])').evaluateAll(s => s.map(e => e.id));
	check(shown.join() === v, `picking ${v} shows ${shown}`);
}
if (options.length) {
	await page.selectOption('#pick', options[0]);
	const rows = () => page.locator('section.cmp:not([hidden]) tbody tr').evaluateAll(r => r.filter(e => e.offsetParent).length);
	const some = await rows();
	await page.check('#all');
	check(await rows() >= some, '"equal rows too" shows fewer rows');
	const name = await page.locator('section.cmp:not([hidden]) tbody th').first().textContent();
	await page.fill('#find', name.trim().split(' ')[0]);
	const left = await rows();
	check(left > 0 && left <= await page.locator('section.cmp:not([hidden]) tbody tr').count(), 'the metric filter shows nothing');
	check(/\d+ rows/.test(await page.textContent('#found')), 'the filter does not say how many rows there are');
	await page.fill('#find', 'no such metric');
	check(await rows() === 0, 'the metric filter does not filter');
	await page.fill('#find', '');
	await page.uncheck('#all');
}
await shot(page, 'wide-light');
if (!large)
	await accessible(page, 'light');

// Console and facts of a run, one click from the matrix; of the last run, packed or not.
await page.locator('#matrix td a').first().click();
const open_run = page.locator('#runs > details[open]').first();
// The page opens it on hashchange, which comes after the click has returned.
check(await open_run.waitFor({ timeout: 30000 }).then(() => true, () => false), 'a link of the matrix opens no run');
await page.evaluate(() => { const d = [...document.querySelectorAll('#runs > details[id^=r]')].filter(e => e.querySelector('.z, pre')).pop();
	if (d) { d.open = true; d.id = d.id || 'x'; location.hash = d.id; } });
for (const what of ['console', 'facts']) {
	const text = await page.evaluate(async w => {
		const d = document.querySelector(location.hash);
		const e = d && [...d.querySelectorAll('details')].find(x => x.firstElementChild.textContent === w);
		if (!e)
			return d && w === 'facts' && d.querySelector('table') ? 'table' : null;
		e.open = true;
		for (let i = 0; i < 100 && !e.querySelector('pre').textContent; i++)
			await new Promise(r => setTimeout(r, 20));
		return e.querySelector('pre').textContent;
	}, what);
	check(text && text.length > 2 && !/cannot unpack/.test(text), `${what} of the last run: ${text}`);
	if (what === 'console' && process.env.RUNS && text) {
		const hash = (await page.evaluate(() => location.hash)).slice(2);
		const dir = readdirSync(process.env.RUNS).find(d => d.startsWith(hash));
		const want = readFileSync(`${process.env.RUNS}/${dir}/1/console`, 'latin1').replace(/\r/g, '');
		check(text.replace(/\r/g, '') === want, `the console of ${hash} is not the one of the run`);
	}
}

// Figures: zoom by keyboard and mouse, table, SVG and PNG.
const fig = page.locator('figure:has(script.data)').first();
if (await fig.count()) {
	await fig.scrollIntoViewIfNeeded();
	check(!(await fig.locator('button').allTextContents()).includes('zoom') === !await page.evaluate(() => !!window.uPlot), 'zoom without uPlot');
	if (await page.evaluate(() => !!window.uPlot)) {
		await fig.getByRole('button', { name: 'zoom' }).click();
		check(await fig.locator('.zoom canvas').isVisible(), 'no canvas after zoom');
		await page.keyboard.press('ArrowRight');
		check((await fig.locator('.zoom p').textContent()).length > 3, 'arrows say nothing');
		const range = () => fig.locator('.u-legend').textContent();
		const before = await range();
		await page.keyboard.press('+');
		await page.keyboard.press('ArrowRight');
		check(await range() !== before, 'plus and arrow change nothing');
		await page.keyboard.press('0');
		await shot(page, 'zoom');
		await fig.getByRole('button', { name: 'zoom' }).click();
		check(await fig.locator('svg').isVisible(), 'the drawing does not come back');
	}
	await fig.getByRole('button', { name: 'table' }).click();
	check(await fig.locator('table.data tbody tr').count() > 1, 'the table of a figure is empty');
	await fig.getByRole('button', { name: 'table' }).click();
	await saved(fig, 'figure');
	if (!large)
		await accessible(page, 'figures');
}
// Maps and flame graphs are pictures with a style of their own.
for (const [what, selector] of [['map', 'figure:has(img)'], ['flame', 'figure:has(iframe)']]) {
	const picture = page.locator(selector).first();
	if (!await picture.count())
		continue;
	await picture.scrollIntoViewIfNeeded();
	check(await picture.locator('img, iframe').evaluate(e => e.clientWidth > 300 && e.clientHeight > 100), `the ${what} has no size`);
	await saved(picture, what);
	await shot(page, what);
}
await page.evaluate(() => document.querySelector('#figures').scrollIntoView());
await shot(page, 'figures-light');

// By keyboard alone: the first stop is the link past the navigation.
await page.evaluate(() => { location.hash = ''; document.activeElement.blur(); window.scrollTo(0, 0); });
await page.keyboard.press('Tab');
check(await page.evaluate(() => document.activeElement.className) === 'skip', 'the first tab stop is not the skip link');
await page.keyboard.press('Enter');
check(await page.evaluate(() => location.hash) === '#main', 'the skip link does not skip');

// Dark, and narrow: nothing is cut off at the side.
await page.click('#theme');
check(await page.evaluate(() => document.documentElement.dataset.theme) === 'dark', 'the theme does not change');
await page.evaluate(() => window.scrollTo(0, 0));
await shot(page, 'wide-dark');
if (!large)
	await accessible(page, 'dark');
await page.close();

page = await open({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
check(over <= 0, `narrow: ${over} pixels too wide`);
await shot(page, 'narrow-dark');
await page.evaluate(() => document.querySelector('#figures').scrollIntoView());
await shot(page, 'narrow-figures');
await page.close();

// Without scripts it is longer, not less.
page = await open({ javaScriptEnabled: false });
check(await page.locator('section.cmp').evaluateAll(s => s.every(e => !e.hidden)).catch(() => true), 'without scripts a comparison is hidden');
check(await page.locator('.js:not([hidden])').count() === 0, 'without scripts there are controls that do nothing');
await page.close();

// On paper.
if (shots) {
	page = await open();
	await page.pdf({ path: `${shots}/print.pdf`, pageRanges: '1-6' });
	await page.close();
}
await browser.close();
for (const p of problems)
	console.log(p);
console.log(`${checks} checks, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
