/** The only build file: one JavaScript file, one style sheet, the journal's worker, the shell. */

import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Every file of the build, each path once; icons are not needed to work. */
const ALWAYS = ['/', '/manifest.webmanifest', '/icon.svg'];

/** A name for this build out of the names of its files, which carry their own hashes. */
function nameOf(files: readonly string[]): string {
  let sum = 0x811c9dc5;
  for (const letter of files.join(' ')) {
    sum = Math.imul(sum ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  }
  return sum.toString(16).padStart(8, '0');
}

/** Tells the service worker which files make up the shell, and the name of the build. */
function shell(): Plugin {
  return {
    name: 'shell',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((file) => /\.(js|css)$/.test(file));
      const paths = files.filter((file) => file !== 'sw.js').map((file) => `/${file}`).sort();
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') throw new Error('sw.js was not built');
      worker.code = worker.code
        .replaceAll('__SHELL__', JSON.stringify([...ALWAYS, ...paths]))
        .replaceAll('__BUILD__', JSON.stringify(nameOf(paths)));
    },
  };
}

export default defineConfig({
  plugins: [shell()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: ['chrome114', 'safari16.4'],
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rollupOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/v1': 'http://localhost:8000' } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
});
