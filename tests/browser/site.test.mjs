/** The page a newcomer opens: works, says what to do, and can be used without a mouse, an eye or a large screen. */
import assert from 'node:assert/strict';

import { PHONE, screenshot, siteTest, untilText } from './harness/site-page.mjs';

siteTest('the page makes a call with its sample, by keyboard alone, and its numbers move', {}, async (t, page) => {
  for (let tabs = 0; (await page.evaluate(() => document.activeElement?.id)) !== 'start-sample'; ++tabs) {
    assert.ok(tabs < 20, 'the Tab key does not reach the start button');
    await page.press('Tab');
  }
  await page.press('Enter');
  await untilText(page, 'n-state', /^running$/);
  await untilText(page, 'n-delay', /^[1-9]\d* ms$/);
  await untilText(page, 'n-bitrate', /^[1-9]/);
  const levels = await page.evaluate(async () => {
    const seen = new Set();
    while (seen.size < 5) {
      seen.add(document.getElementById('level-after-value').textContent);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return [...seen];
  });
  assert.ok(levels.some((level) => / dBFS$/.test(level)), levels.join());

  await page.evaluate(() => {
    const loss = document.getElementById('loss');
    loss.value = 20;
    loss.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await untilText(page, 'n-lost', /^[1-9]/);
  await untilText(page, 'n-concealed', /[1-9].* %$/);
  // Every 100 ms since our playout is there.
  const drawn = await page.evaluate(() => Number(document.getElementById('plot-delay').dataset.points));
  assert.ok(drawn > 10, `${drawn} points of the delay`);
  await screenshot(t, page, 'call');
  await page.evaluate(() => document.getElementById('stop').click());
  await untilText(page, 'n-state', /^no call$/);
  assert.deepEqual(page.log.filter((line) => /^(error|uncaught)/.test(line)), []);
});

siteTest('deep concealment starts the call anew, and what is lost is recovered from deep redundancy', {}, async (t, page) => {
  await page.evaluate(() => document.getElementById('start-sample').click());
  await untilText(page, 'n-state', /^running$/);
  await page.evaluate(() => {
    // In-band FEC would recover as well.
    for (const id of ['fec', 'deep']) document.getElementById(id).click();
    const loss = document.getElementById('loss');
    loss.value = 20;
    loss.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await untilText(page, 'n-state', /^running$/);
  await untilText(page, 'n-fec', /^[1-9]/);
  await page.evaluate(() => document.getElementById('stop').click());
  assert.deepEqual(page.log.filter((line) => /^(error|uncaught)/.test(line)), []);
});

siteTest('the page records both sides of a microphone call', {}, async (t, page) => {
  await page.evaluate(() => document.getElementById('start-microphone').click());
  await untilText(page, 'n-state', /^running$/);
  const sizes = await page.evaluate(async () => {
    document.getElementById('record').click();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    document.getElementById('record').click();
    let links;
    do {
      await new Promise((resolve) => setTimeout(resolve, 100));
      links = [...document.querySelectorAll('#downloads a[download]')];
    } while (links.length < 2);
    return Promise.all(links.map(async ({ href }) => (await (await fetch(href)).blob()).size));
  });
  assert.equal(sizes.length, 2);
  for (const size of sizes) assert.ok(size > 2000, `a recording of ${size} bytes`);
});

siteTest('both pages say what to do when the browser refuses the microphone', { refuseMicrophone: true }, async (t, page) => {
  for (const path of ['/', '/studio/']) {
    await page.goto(path);
    await page.evaluate(() => document.getElementById('start-microphone').click());
    await untilText(page, 'message', /allow it/i);
    assert.equal(await page.evaluate(() => document.getElementById('message').getAttribute('aria-live')), 'polite');
  }
});

siteTest('both pages say what to do when there is no microphone', {}, async (t, page) => {
  for (const path of ['/', '/studio/']) {
    await page.goto(path);
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));
      document.getElementById('start-microphone').click();
    });
    await untilText(page, 'message', /plug one in/i);
  }
});

for (const [name, path] of [['page', '/'], ['studio', '/studio/']]) {
  siteTest(`the ${name} can be used on a phone and with a screen reader`, { path, ...PHONE }, async (t, page) => {
    const found = await page.evaluate(() => {
      const nameOf = (node) => {
        const ids = node.getAttribute('aria-labelledby')?.split(/\s+/) ?? [];
        const referenced = ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
        const labels = [...(node.labels ?? [])].map((label) => label.textContent).join(' ');
        const content = node.matches('button, a, legend') ? node.textContent : '';
        return [node.getAttribute('aria-label'), referenced, labels, content, node.getAttribute('alt'), node.title].filter((text) => text?.trim())[0];
      };
      const describe = (node) => node.outerHTML.slice(0, 80);
      const all = (selector) => [...document.querySelectorAll(selector)];
      const ids = all('[id]').map(({ id }) => id);
      return {
        unnamed: all('button, input, select, textarea, a[href], meter, progress, img, canvas, svg[role], [role=img]')
          .filter((node) => !nameOf(node))
          .map(describe),
        fieldsetsWithoutLegend: all('fieldset').filter((node) => !node.querySelector('legend')?.textContent.trim()).map(describe),
        sectionsWithoutName: all('section').filter((node) => !nameOf(node)).map(describe),
        unreachable: all('[tabindex]').filter((node) => node.tabIndex > 0).map(describe),
        duplicateIds: ids.filter((id, index) => ids.indexOf(id) !== index),
        language: document.documentElement.lang,
        headings: all('h1').length,
        main: all('main').length,
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        // 24 CSS pixels: WCAG 2.2, 2.5.8 (target size, minimum).
        smallButtons: all('button').filter((node) => node.offsetHeight < 24 || node.offsetWidth < 24).map(describe),
      };
    });
    await screenshot(t, page, `${name}-phone`);
    assert.deepEqual(found, {
      unnamed: [],
      fieldsetsWithoutLegend: [],
      sectionsWithoutName: [],
      unreachable: [],
      duplicateIds: [],
      language: 'en',
      headings: 1,
      main: 1,
      overflow: 0,
      smallButtons: [],
    });
  });
}

for (const path of ['/', '/studio/']) {
  siteTest(`${path} says that the browser has paused the sound, and takes it back when it runs`, { path }, async (t, page) => {
    await page.evaluate(() => {
      const Native = AudioContext;
      window.AudioContext = class extends Native {
        constructor(...options) {
          super(...options);
          window.pageContext = this;
        }
      };
      document.getElementById('start-sample').click();
    });
    const playing = await untilText(page, 'message', /playing/i);
    await page.evaluate(() => pageContext.suspend());
    await untilText(page, 'message', /paused the sound/);
    await page.evaluate(() => pageContext.resume());
    assert.equal(await untilText(page, 'message', /playing/i), playing);
    await page.evaluate(() => pageContext.suspend());
    await untilText(page, 'message', /paused the sound/);
    await page.press('Tab');
    assert.equal(await untilText(page, 'message', /playing/i), playing);
  });
}
