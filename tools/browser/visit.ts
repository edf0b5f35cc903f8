import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** A page of our server in a browser that has not been there, and what must not happen on it. */
export interface Visit {
  readonly page: Page;
  /** Console messages, errors, violations of the policy, and requests to other hosts. */
  readonly wrong: readonly string[];
}

/**
 * Opens an address, and fails the test at its end if anything went wrong on it.
 *
 * @param may what is to be expected of all that, such as an answer with status 401.
 */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  may: RegExp = /^$/,
): Promise<Visit> {
  const context = await browser.newContext({
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  // Before the test's own limit, so that the failure names what was waited for.
  page.setDefaultTimeout(240_000);
  const wrong: string[] = [];
  const note = (text: string) => {
    if (!may.test(text)) wrong.push(text);
  };
  page.on('console', (message) => note(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => note(`error: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (/^http/.test(protocol) && origin !== new URL(url).origin) note(`request: ${request.url()}`);
  });
  await page.exposeFunction('noteViolation', note);
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      (globalThis as unknown as { noteViolation(text: string): void }).noteViolation(
        `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
      ),
    );
  });
  onTestFinished(async () => {
    await context.close();
    expect(wrong).toEqual([]);
  });
  await page.goto(url);
  return { page, wrong };
}

/** What axe finds wrong in the state that the page is in, in light and in dark. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  const faults: string[] = [];
  // In a world of its own: the page’s policy lets no other script in.
  const session = await page.context().newCDPSession(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id,
      worldName: 'axe',
    });
    const run = `${axe.source}; axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`;
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression: run,
      contextId,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
    faults.push(...(result.value as string[]).map((fault) => `${colorScheme}: ${fault}`));
  }
  await session.detach();
  return faults;
}

/** Drops a file or folder of the disk, as a file manager does. */
export async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  await session.detach();
}

/** The labels with their figures, as the page shows them, the best first. */
export async function shownScores(page: Page): Promise<readonly (readonly [string, string])[]> {
  const rows = page.locator('.bars:not([data-stale]) li');
  await rows.first().waitFor();
  return rows.evaluateAll((items) =>
    items.map((item) => [
      item.querySelector('.bar-label')?.textContent ?? '',
      item.querySelector('.bar-figure')?.textContent ?? '',
    ]),
  ) as Promise<[string, string][]>;
}
