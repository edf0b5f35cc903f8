// How soon the page can be used in Chromium, and how soon it shows an answer: `pnpm page-speed`. Both figures are of
// this machine as it is now, so nothing else should run.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchChromium } from './browser/chromium.ts';

const LOADS = 5;
const LABELS = 5;
/** How many times slower the page's processor is made, as for a phone. */
const SLOWDOWN = 4;

/** A server of its own with the default model. */
async function startServer(): Promise<{ readonly url: string; readonly end: () => void }> {
  const command = fileURLToPath(new URL('../packages/api/bin/clipql.js', import.meta.url));
  const child = spawn(process.execPath, [command, 'serve', '--port', '0']);
  let written = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      written += chunk;
      const [, found] = /answers at (http\S+)\/graphql/.exec(written) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`expected a server, got ${written}`)));
  });
  return { url, end: () => child.kill('SIGINT') };
}

/** A page of a browser that has not been here: nothing is cached. */
async function slowPage(browser: Browser): Promise<{ page: Page; session: CDPSession }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  return { page, session };
}

const FIELD = '[aria-label="Add a word"]';

/** What the page calls below. */
interface Bindings {
  focused(payload: string): void;
  answered(payload: string): void;
}

/**
 * Milliseconds from the navigation until a key that is pressed in the field for words stands there. The page says so
 * itself: a locator would run its own script on the slowed processor, for as long as the page takes.
 */
async function interactive(browser: Browser, url: string): Promise<number> {
  const { page, session } = await slowPage(browser);
  await session.send('Runtime.enable');
  for (const name of ['focused', 'answered']) await session.send('Runtime.addBinding', { name });
  const answered = new Promise<number>((resolve) => {
    session.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === 'answered') return resolve(Number(payload));
      void session.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'a', text: 'a' });
    });
  });
  await page.addInitScript((selector) => {
    const { focused, answered } = globalThis as unknown as Bindings;
    const look = new MutationObserver(() => {
      const field = document.querySelector<HTMLElement>(selector);
      if (field === null) return;
      look.disconnect();
      field.focus();
      focused('');
    });
    look.observe(document, { childList: true, subtree: true });
    addEventListener('input', () =>
      requestAnimationFrame(() => answered(String(performance.now()))),
    );
  }, FIELD);
  await page.goto(`${url}/`, { waitUntil: 'commit' });
  const time = await answered;
  await page.context().close();
  return time;
}

/** Milliseconds from the end of an answer until its bars are drawn, for a few labels one after another. */
async function barsAfterAnswer(browser: Browser, url: string): Promise<readonly number[]> {
  const { page } = await slowPage(browser);
  await page.goto(`${url}/#/classify?image=/examples/march-pastoral.jpg`);
  await page.locator('.bars:not([data-stale])').waitFor();
  await page.evaluate(() => {
    const drawn = new MutationObserver(() => {
      const labels = document.querySelector('.bars:not([data-stale])')?.textContent ?? '';
      requestAnimationFrame(() => {
        const answers = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
        const last = answers.findLast(({ name }) => name.endsWith('/graphql'))!;
        document.documentElement.setAttribute(
          'data-drawn',
          `${performance.now() - last.responseEnd} ${labels}`,
        );
      });
    });
    const bars = { childList: true, subtree: true, characterData: true, attributes: true };
    drawn.observe(document.querySelector('.answer')!, bars);
  });
  const times: number[] = [];
  for (let i = 0; i < LABELS; i++) {
    await page.locator(FIELD).fill(`word ${i}`);
    const drawn = page.locator(`[data-drawn*="word ${i}"]`);
    times.push(Number.parseFloat((await drawn.getAttribute('data-drawn'))!));
  }
  await page.context().close();
  return times;
}

const [browser, server] = await Promise.all([launchChromium(), startServer()]);
const loads: number[] = [];
for (let i = 0; i < LOADS; i++) loads.push(await interactive(browser, server.url));
const bars = await barsAfterAnswer(browser, server.url);
await browser.close();
server.end();
const text = (times: readonly number[]) => times.map((time) => Math.round(time)).join(', ');
console.log(`with the processor ${SLOWDOWN} times slower, in milliseconds:`);
console.log(`until the page answers a key: ${text(loads)}`);
console.log(`from an answer to its bars: ${text(bars)}`);
