// A third-party library by its own CMake build.
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from './steps.mjs';

/**
 * Builds `work`/source into `work`/prefix. Of the folder `addition`, *.patch is applied to the sources, build.cmake is included by
 * their build, and CMakeLists.txt is that of sources without.
 */
export async function buildWithCmake({ work, options, emscripten, log, addition }) {
  const configure = ['-S', join(work, 'source'), '-B', join(work, 'build'), '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release',
    `-DCMAKE_INSTALL_PREFIX=${join(work, 'prefix')}`, '-DCMAKE_INSTALL_LIBDIR=lib', '-DBUILD_SHARED_LIBS=OFF', ...options];
  if (emscripten) configure.push(`-DCMAKE_TOOLCHAIN_FILE=${join(emscripten, 'cmake/Modules/Platform/Emscripten.cmake')}`);
  if (addition) {
    // Not as part of a repository that the cache may lie in.
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: work };
    for (const name of readdirSync(addition).filter((file) => file.endsWith('.patch'))) {
      await run('git', ['apply', '-C1', join(addition, name)], { log, cwd: join(work, 'source'), env, append: true });
    }
    const [lists, include] = ['CMakeLists.txt', 'build.cmake'].map((name) => join(addition, name));
    if (existsSync(lists)) copyFileSync(lists, join(work, 'source/CMakeLists.txt'));
    if (existsSync(include)) configure.push(`-DCMAKE_PROJECT_INCLUDE=${include}`);
  }
  await run('cmake', configure, { log, append: true });
  await run('cmake', ['--build', join(work, 'build'), '-j', String(availableParallelism())], { log, append: true });
  await run('cmake', ['--install', join(work, 'build')], { log, append: true });
}
