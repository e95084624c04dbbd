import { launch } from '../browser/harness/browsers.mjs';

/** A page gets this long to load everything and hold its call. */
const LIMIT_MS = 60000;

/** Opens the page and resolves with what its `window.result` resolves with. */
export async function openInChromium(url) {
  const browser = await launch('chromium', new Float64Array(48000));
  try {
    const page = await browser.newPage(url);
    const result = await page.evaluate(async (limit) => {
      const late = new Promise((resolve) => setTimeout(resolve, limit, 'late'));
      while (!window.result) {
        if ((await Promise.race([late, new Promise((resolve) => setTimeout(resolve, 50))])) === 'late') break;
      }
      return Promise.race([window.result, late]);
    }, LIMIT_MS);
    if (!result || result === 'late') throw new Error(`${url} did not finish:\n${page.log.join('\n')}`);
    return result;
  } finally {
    await browser.close();
  }
}
