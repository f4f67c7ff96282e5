/** The only build file: one JavaScript file, one style sheet, the journal's worker, the shell. */

import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { en } from './src/text/en.ts';
import { papers } from './src/text/papers.ts';
import { zh } from './src/text/zh.ts';

/** Files of the shell that carry no hash in their names. */
const ALWAYS = ['/', '/manifest.webmanifest', '/icon.svg', '/zh.json', '/en.json'];

/** Words are data: each language is a file of its own, and a phone loads the one it speaks. */
const WORDS = new Map([
  ['/zh.json', JSON.stringify({ ...zh, papers })],
  ['/en.json', JSON.stringify({ ...en, papers })],
]);

/** A name for this build, out of the names of its files, which carry hashes, and its words. */
function nameOf(files: readonly string[]): string {
  let sum = 0x811c9dc5;
  for (const letter of files.join(' ')) {
    sum = Math.imul(sum ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  }
  return sum.toString(16).padStart(8, '0');
}

function words(): Plugin {
  return {
    name: 'words',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const source = WORDS.get(request.url ?? '');
        if (source) response.setHeader('Content-Type', 'application/json').end(source);
        else next();
      });
    },
    generateBundle() {
      for (const [path, source] of WORDS) {
        this.emitFile({ type: 'asset', fileName: path.slice(1), source });
      }
    },
  };
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
        .replaceAll('__BUILD__', JSON.stringify(nameOf([...paths, ...WORDS.values()])));
    },
  };
}

export default defineConfig({
  plugins: [words(), shell()],
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
