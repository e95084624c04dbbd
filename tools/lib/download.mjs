// Tarballs by SHA-256: from the user's own folder, the cache, or the pool of the Debian mirror this machine uses.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, copyFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ToolError } from './errors.mjs';

const aptHelper = '/usr/lib/apt/apt-helper';
const debianReleases = /^(oldoldstable|oldstable|stable|testing|unstable|sid|bookworm|trixie|forky)$/;

/** The mirror does not hold the file: a fallback version may serve. Other download errors are not of this kind. */
export class NotOnMirror extends Error {}

export async function sha256Of(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * The Debian mirror to fetch from, without a trailing slash, or null: EARSHOT_MIRROR (http, https or file), else apt's own.
 * Apt's is read through apt, so that its proxy and credentials apply.
 */
export function findMirror() {
  if (process.env.EARSHOT_MIRROR) return { url: process.env.EARSHOT_MIRROR.replace(/\/+$/, ''), transfer: transferBuiltIn };
  if (!existsSync(aptHelper)) return null;
  const listed = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages'], { encoding: 'utf8' });
  for (const line of listed.split('\n')) {
    const [url, release] = line.split(' ');
    if (release && debianReleases.test(release)) return { url: url.replace(/\/+$/, ''), transfer: transferWithApt };
  }
  return null;
}

function transferWithApt(url, file) {
  const { status, stderr, stdout } = spawnSync(aptHelper, ['-oAcquire::Retries=3', '-oAPT::Sandbox::User=root', 'download-file', url, file], { encoding: 'utf8' });
  if (status === 0) return;
  const output = `${stdout}${stderr}`;
  if (/\b404\b|File not found/.test(output)) throw new NotOnMirror(url);
  const reason = output.split('\n').find((line) => line.startsWith('E: ')) ?? output.trim();
  throw new Error(reason.slice(3));
}

async function transferBuiltIn(url, file) {
  if (url.startsWith('file:')) {
    const source = fileURLToPath(url);
    if (!existsSync(source)) throw new NotOnMirror(url);
    copyFileSync(source, file);
    return;
  }
  const response = await fetch(url).catch((error) => { throw new Error(error.cause?.message ?? error.message); });
  if (response.status === 404) throw new NotOnMirror(url);
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

/** Copies a tarball from the user's own folder when it is there; a wrong hash is said and refused. */
async function fromOwnFolder(candidate, target) {
  const folder = process.env.EARSHOT_SOURCES;
  const own = folder && join(folder, candidate.file);
  if (!own || !existsSync(own)) return false;
  const hash = await sha256Of(own);
  if (hash !== candidate.sha256) {
    console.log(`  ! ${own} is refused: SHA-256 ${hash} instead of ${candidate.sha256}`);
    return false;
  }
  copyFileSync(own, `${target}.part`);
  renameSync(`${target}.part`, target);
  return true;
}

/** Downloads into `target`; a wrong hash is refused, said, and fetched once more. */
async function download(candidate, target, mirror) {
  const url = `${mirror.url}/${candidate.pool}/${candidate.file}`;
  const part = `${target}.part`;
  let hash = '';
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    rmSync(part, { force: true });
    try {
      await mirror.transfer(url, part);
    } catch (error) {
      if (error instanceof NotOnMirror || error.code === 'ENOSPC') throw error;
      throw new ToolError(`${candidate.file} could not be downloaded: ${error.message}. Check the network, or put the tarball into a folder and name it in EARSHOT_SOURCES.`, { cause: error });
    }
    hash = await sha256Of(part);
    if (hash === candidate.sha256) {
      renameSync(part, target);
      return;
    }
    rmSync(part);
    console.log(`  ! ${candidate.file} is refused: SHA-256 ${hash} instead of ${candidate.sha256}${attempt === 1 ? '; fetching it again' : ''}`);
  }
  throw new ToolError(`${candidate.file} came twice with SHA-256 ${hash}; ${candidate.sha256} is expected. The mirror or something on the way changes it: use another mirror, or EARSHOT_SOURCES with a good copy.`);
}

/**
 * A verified tarball of the first candidate that can be had.
 * @param {string} name of the library, for messages
 * @param {{version: string, pool: string, file: string, sha256: string}[]} candidates newest first
 * @param {string} folder where verified tarballs are kept
 * @returns {Promise<{version: string, sha256: string, path: string}>}
 */
export async function obtainSource(name, candidates, folder) {
  mkdirSync(folder, { recursive: true });
  const found = (candidate) => ({ version: candidate.version, sha256: candidate.sha256, path: join(folder, candidate.file) });
  for (const candidate of candidates) {
    if (await fromOwnFolder(candidate, join(folder, candidate.file))) return found(candidate);
  }
  let mirror;
  for (const candidate of candidates) {
    const target = join(folder, candidate.file);
    if (existsSync(target)) {
      if ((await sha256Of(target)) === candidate.sha256) return found(candidate);
      console.log(`  ! ${target} is damaged; fetching it again`);
      rmSync(target);
    }
    mirror ??= findMirror();
    if (!mirror) break;
    try {
      await download(candidate, target, mirror);
      return found(candidate);
    } catch (error) {
      if (!(error instanceof NotOnMirror)) throw error;
      console.log(`  ! ${candidate.file} is not on the mirror`);
    }
  }
  const wanted = candidates.map((candidate) => `\n    ${candidate.file}  SHA-256 ${candidate.sha256}`).join('');
  throw new ToolError(`${name}: ${mirror ? 'none of its versions is on the mirror' : 'this machine has no Debian mirror to fetch from'}. Put one of these into a folder and name it in EARSHOT_SOURCES:${wanted}`);
}
