/** Teach, on the page of the built server, in a real browser. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { exampleBytes } from '../packages/api/src/testing/api.ts';
import { describeInBrowser, pageSite } from './browser/page-site.ts';
import { accessibilityFaults, shownScores, visit } from './browser/visit.ts';

describeInBrowser('Teach', () => {
  const site = pageSite();
  const started = (state = '') => `${site.server.url}/#/teach${state}`;
  const path = (file: string) => join(site.folder, file);

  beforeAll(async () => {
    for (const file of ['march-pastoral.jpg', 'nagasaki-boats.jpg', 'dust-bowl-home.jpg'])
      await writeFile(path(file), await exampleBytes(file));
    await writeFile(path('<b>no picture.jpg'), 'no picture');
  });

  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
  const card = (page: Page, label: string) => page.locator(`[data-class=${JSON.stringify(label)}]`);
  const pictures = (page: Page, label: string) => card(page, label).locator('.example button');
  const judged = async (page: Page, sentence: RegExp) => {
    await page.getByRole('status').filter({ hasText: sentence }).waitFor();
  };
  const make = async (page: Page, name: string, labels: string) => {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('textbox', { name: 'Add a class' }).fill(labels);
    await button(page, 'Create').click();
    await page.getByText('Every change is saved on this server').waitFor();
  };

  test('pictures are dropped on classes, dragged to others, and each change is judged', async () => {
    const { page } = await visit(site.browser, started());
    await make(page, 'My trip', 'sheep, boat');
    await expect.poll(() => page.url()).toContain('classifier=my-trip');
    await card(page, 'sheep').evaluate(async (element) => {
      const dataTransfer = new DataTransfer();
      for (const name of ['march-pastoral.jpg', 'nagasaki-boats.jpg']) {
        const blob = await (await fetch(`examples/${name}`)).blob();
        dataTransfer.items.add(new File([blob], name, { type: 'image/jpeg' }));
      }
      element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
    });
    await judged(page, /of 2 pictures recognised/);
    expect(await pictures(page, 'sheep').count()).toBe(2);
    await page
      .locator('.example', { has: button(page, /^Picture 2 of sheep/) })
      .dragTo(card(page, 'boat'));
    await judged(page, /^2 of 2 pictures recognised$/);
    expect(await pictures(page, 'boat').count()).toBe(1);
    expect(await page.locator('.confusion td').allTextContents()).toEqual(['1', '0', '0', '1']);
    await page.getByText('Copy the last change as').click();
    expect(await page.locator('textarea.code').first().inputValue()).toContain('moveExamples');
    await page.reload();
    await judged(page, /^2 of 2 pictures recognised$/);
  });

  test('classes are made, taught, changed and tried by keyboard alone', async () => {
    const { page } = await visit(site.browser, started());
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 80; presses++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => {
          const element = document.activeElement as HTMLInputElement | null;
          return element?.ariaLabel ?? element?.labels?.[0]?.textContent ?? element?.textContent;
        });
        if (focused === name) return;
      }
      throw new Error(`expected ${name} within 80 presses of Tab`);
    };
    await page.getByLabel('Name', { exact: true }).waitFor();
    await tabTo('Name');
    await page.keyboard.type('keys');
    await page.keyboard.press('Tab');
    await page.keyboard.type('sheep, house,');
    await tabTo('Create');
    await page.keyboard.press('Enter');
    await page.getByText('Every change is saved on this server').waitFor();
    const teach = page.getByLabel('Add pictures to sheep');
    await teach.setInputFiles([path('march-pastoral.jpg'), path('dust-bowl-home.jpg')]);
    await judged(page, /of 2 pictures recognised/);
    await tabTo((await pictures(page, 'sheep').nth(1).getAttribute('aria-label')) ?? '');
    await page.keyboard.press('Space');
    await tabTo('Move');
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: '1 picture moved to house.' }).waitFor();
    await pictures(page, 'house').first().focus();
    await page.keyboard.press('Delete');
    await page.getByRole('status').filter({ hasText: '1 picture removed.' }).waitFor();
    await button(page, 'Edit house').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('building');
    await page.keyboard.press('Enter');
    await card(page, 'building').waitFor();
    await button(page, 'Example: sheep and lambs on a meadow').focus();
    await page.keyboard.press('Enter');
    expect((await shownScores(page)).map(([label]) => label).sort()).toEqual(['building', 'sheep']);
  });

  test('a classifier stands among the choices of Classify, until it is deleted', async () => {
    const { page } = await visit(site.browser, `${site.server.url}/`);
    await page.getByRole('link', { name: 'Teach' }).click();
    await make(page, 'chosen', 'sheep, boat');
    await page.getByRole('link', { name: 'Use it in Classify' }).click();
    const choice = page.getByLabel('Words from');
    await choice.waitFor();
    expect(await choice.inputValue()).toBe('classifier:chosen');
    await page.getByRole('link', { name: 'Teach' }).click();
    await button(page, 'Delete …').click();
    await button(page, 'Keep it').click();
    await button(page, 'Delete …').click();
    await button(page, 'Delete it').click();
    await page.getByText('Create a classifier').waitFor();
    expect(await page.getByRole('link', { name: 'chosen' }).count()).toBe(0);
  });

  test('what the server refuses is said where it happens, and hostile names are text', async () => {
    const { page } = await visit(site.browser, started());
    const label = '<img src=x onerror=alert(1)>\u202e';
    await page.getByLabel('Name', { exact: true }).fill('../x');
    await button(page, 'Create').click();
    await page.getByRole('alert').filter({ hasText: 'got "../x"' }).waitFor();
    await make(page, 'hostile', `${label}, b`);
    await page
      .getByLabel(`Add pictures to ${label}`)
      .setInputFiles([path('<b>no picture.jpg'), path('march-pastoral.jpg')]);
    await page.getByText('Not learned: <b>no picture.jpg').waitFor();
    await page.getByText('Expected PNG, JPEG').waitFor();
    await judged(page, /of 1 picture recognised/);
    await button(page, 'Dismiss').click();
    await button(page, 'Add a class').click();
    await page.getByRole('textbox', { name: 'Name of the class' }).fill('b');
    await button(page, 'Save').click();
    await page.getByRole('dialog').getByText('Expected each class once').waitFor();
    expect(await page.locator('main :is(b, img[src=x])').count()).toBe(0);
  });

  test('axe finds nothing at any state, in light and in dark, and nothing scrolls sideways at 320 pixels', async () => {
    const viewport = { width: 320, height: 640 };
    const { page } = await visit(site.browser, started(), { viewport, hasTouch: true });
    const sound = async (state: string) => {
      expect(await accessibilityFaults(page), state).toEqual([]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, state).toBe(320);
    };
    await page.getByText('Create a classifier').waitFor();
    await sound('start');
    await button(page, 'Try the sample photos').click();
    await judged(page, /of 6 pictures recognised/);
    await shownScores(page);
    await sound('judged, with mistakes');
    await page.locator('.example button').first().click();
    await page.getByText('1 picture selected').waitFor();
    await sound('chosen');
    await page.getByLabel('Add pictures to nature').setInputFiles(path('<b>no picture.jpg'));
    await page.locator('.refused').waitFor();
    await sound('refused');
    await button(page, 'Edit nature').click();
    await sound('a class');
    await button(page, 'Remove the class').click();
    await sound('a class to be removed');
    await button(page, 'Keep it').click();
    await button(page, 'Delete …').click();
    await sound('to be deleted');
  });
});
