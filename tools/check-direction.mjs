// node tools/check-direction.mjs: enforces the rules of direction of docs/architecture.md that a look at the includes and
// imports decides: 1 (folders of wasm/), 2 (who may include Emscripten, Opus, Ogg, libvpx and openh264), 6 (who may import what in JavaScript).
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runMain } from './lib/errors.mjs';
import { root } from './lib/paths.mjs';

/** Folder of wasm/ → the folders it may include besides itself. */
const allowedIncludes = {
  base: [],
  dsp: ['base'],
  denoise: ['base', 'dsp'],
  agc: ['base', 'dsp'],
  jitter: ['base', 'dsp'],
  codec: ['base'],
  video: ['base'],
  pipeline: ['base', 'dsp', 'denoise', 'agc', 'jitter', 'codec'],
  bindings: ['base', 'dsp', 'denoise', 'agc', 'jitter', 'codec', 'video', 'pipeline'],
};

/** Headers from outside → the files that may include them. */
const guardedHeaders = [
  { header: /^(emscripten(\/|\.h)|wasm_simd128\.h)/, allowed: /^wasm\/(bindings\/|(dsp|video)\/[a-z0-9_]*simd[a-z0-9_]*\.h$|codec\/vp8_kernels_[a-z_]+\.cc$)/, name: "Emscripten's headers belong to bindings/, the SIMD headers of dsp/ and video/ and codec/vp8_kernels_*.cc" },
  { header: /^(opus\/)?opus[a-z_]*\.h$/, allowed: /^wasm\/codec\//, name: 'opus.h belongs to codec/' },
  { header: /^ogg\/|^ogg\.h$/, allowed: /^wasm\/codec\//, name: 'ogg.h belongs to codec/' },
  { header: /^(vpx\/)?(vpx|vp8)[a-z_]*\.h$/, allowed: /^wasm\/codec\/vp8_(de|en)coder\.cc$/, name: 'libvpx belongs to codec/vp8_decoder.cc and codec/vp8_encoder.cc' },
  { header: /^wels\//, allowed: /^wasm\/codec\/h264_(de|en)coder\.cc$/, name: 'openh264 belongs to codec/h264_decoder.cc and codec/h264_encoder.cc' },
];

function checkCpp(path, text) {
  const problems = [];
  const [, folder] = path.split('/');
  for (const [, opening, header] of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)) {
    for (const guard of guardedHeaders) {
      if (guard.header.test(header) && !guard.allowed.test(path)) problems.push(`${path} includes ${header}: ${guard.name}`);
    }
    if (opening === '<') continue;
    const [target, rest] = header.split('/');
    if (rest === undefined || !(target in allowedIncludes)) continue;
    if (target !== folder && !allowedIncludes[folder]?.includes(target)) problems.push(`${path} includes ${header}: ${folder}/ may not use ${target}/ (rule 1)`);
  }
  return problems;
}

function* importsOf(text) {
  for (const [, specifier] of text.matchAll(/(?:^|[;\s])(?:import|export)\s+(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/g)) yield specifier;
  for (const [, specifier] of text.matchAll(/\bimport\s*\(\s*['"]([^'"]+)['"]/g)) yield specifier;
}

function checkScript(path, text) {
  const problems = [];
  const thread = /^js\/src\/(worklet|worker|video-worker|thread)\//.exec(path)?.[1];
  for (const specifier of importsOf(text)) {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
    if (thread) {
      const fine = target.startsWith(`js/src/${thread}/`) || /^js\/src\/(([a-z]+-)*protocol(\.|$)|wasm\/|audio\/)/.test(target);
      if (!fine) problems.push(`${path} imports ${specifier}: ${thread}/ may import only protocols, wasm/ and audio/ (rule 6)`);
    }
    if (path.startsWith('site/app/') && (/(^|\/)js\/src(\/|$)/.test(target) || target.startsWith('wasm/'))) {
      problems.push(`${path} imports ${specifier}: the site may import only the public exports of the package (rule 6)`);
    }
  }
  return problems;
}

/**
 * The violations in a set of files.
 * @param {{path: string, text: string}[]} files paths relative to the checkout, with forward slashes
 * @returns {string[]}
 */
export function findViolations(files) {
  return files.flatMap(({ path, text }) => {
    if (/^wasm\/.*\.(h|cc)$/.test(path)) return checkCpp(path, text);
    if (/^(js\/src|site)\/.*\.(ts|mjs|js)$/.test(path)) return checkScript(path, text);
    return [];
  });
}

/** Tracked and new files of the checkout, as git sees them. */
export function listFiles(...patterns) {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns], { cwd: root, encoding: 'utf8' });
  const deleted = execFileSync('git', ['ls-files', '-z', '--deleted', '--', ...patterns], { cwd: root, encoding: 'utf8' }).split('\0');
  return [...new Set(listed.split('\0').filter((path) => path && !deleted.includes(path)))];
}

export function checkDirection() {
  const files = listFiles('wasm', 'js', 'site').map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }));
  return findViolations(files.filter(({ path }) => /\.(h|cc|ts|mjs|js)$/.test(path)));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(() => {
    const problems = checkDirection();
    problems.forEach((problem) => console.log(problem));
    return problems.length === 0 ? 0 : 1;
  });
}
