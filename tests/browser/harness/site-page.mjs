/** The pages of the site in a browser, for the tests of the site. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startSite } from './site-server.mjs';
import { test } from './suite.mjs';

const SCREENSHOTS = fileURLToPath(new URL('../../../build/screenshots', import.meta.url));
export const PHONE = { width: 360, height: 740 };

/**
 * A test with a page of the site open.
 * @param {string} name
 * @param {object} options   path: of the page; width, height: of the window; refuseMicrophone: in a browser that does
 * @param {(t: import('./suite.mjs').Context, page: import('./browsers.mjs').Page) => Promise<void>} run
 */
export function siteTest(name, { path = '/', ...options }, run) {
  test(name, {}, async (t) => {
    const site = await startSite();
    try {
      const page = await t.open(site.origin + path, options);
      await run(t, { ...page, goto: (other) => page.goto(site.origin + other) });
    } finally {
      site.close();
    }
  });
}

export async function screenshot(t, page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot(join(SCREENSHOTS, `${t.browser}-${name}.png`));
}

/** Waits in the page until the text of an element matches; gives up, saying what it saw, when the page evidently hangs. */
export const untilText = (page, id, pattern) =>
  page.evaluate(
    async ({ id, source, flags }) => {
      const element = document.getElementById(id);
      for (let tries = 0; tries < 200; ++tries) {
        if (new RegExp(source, flags).test(element.textContent)) return element.textContent;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const message = document.getElementById('message').textContent;
      throw new Error(`#${id} says "${element.textContent}", not /${source}/; the page says "${message}"`);
    },
    { id, source: pattern.source, flags: pattern.flags },
  );
