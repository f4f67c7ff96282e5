/** The only build file: one JavaScript file, one style sheet, the journal's worker, the shell. */

import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { en } from './src/text/en.ts';
import { papers } from './src/text/papers.ts';
import { zh } from './src/text/zh.ts';

/** Files of the shell that carry no hash in their names. */
const ALWAYS = ['/', '/manifest.webmanifest', '/icon.svg'];

/** Words are data: each language is a file of its own, and a phone loads the one it speaks. */
const WORDS = {
  zh: JSON.stringify({ ...zh, papers }),
  en: JSON.stringify({ ...en, papers }),
};

/** Their addresses, which change with every word, for the server lets them be kept for ever. */
const WORDS_AT = {
  zh: `/assets/zh-${nameOf([WORDS.zh])}.json`,
  en: `/assets/en-${nameOf([WORDS.en])}.json`,
};

/** A short name for some content: FNV-1a, for names only and no proof of anything. */
function nameOf(content: readonly string[]): string {
  let sum = 0x811c9dc5;
  for (const letter of content.join(' ')) {
    sum = Math.imul(sum ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  }
  return sum.toString(16).padStart(8, '0');
}

/** Writes the words beside the program, and serves them in development. */
function words(): Plugin {
  const languages = ['zh', 'en'] as const;
  return {
    name: 'words',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const language = languages.find((one) => WORDS_AT[one] === request.url);
        if (language === undefined) next();
        else response.setHeader('Content-Type', 'application/json').end(WORDS[language]);
      });
    },
    generateBundle() {
      for (const language of languages) {
        const fileName = WORDS_AT[language].slice(1);
        this.emitFile({ type: 'asset', fileName, source: WORDS[language] });
      }
    },
  };
}

/** What Vite wraps around an import on demand, 600 bytes, is of no use here: there is one style. */
function plainImports(): Plugin {
  return {
    name: 'plain-imports',
    enforce: 'pre',
    apply: 'build',
    load(id) {
      if (id === '\0vite/preload-helper.js') return 'export const __vitePreload = (load) => load();';
      return null;
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
      const files = Object.keys(bundle).filter((file) => /\.(js|css|json)$/.test(file));
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
  plugins: [plainImports(), words(), shell()],
  define: { __WORDS_AT__: JSON.stringify(WORDS_AT) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: ['chrome114', 'safari16.4'],
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rollupOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      // What a later file shares with the first stays in the first: one file, better packed.
      preserveEntrySignatures: false,
      output: {
        // All that the first screen needs is one file, whatever later ones share with it.
        codeSplitting: { groups: [{ name: 'index', test: /src\/main\.tsx|index\.html/ }] },
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        // What is loaded after the first paint, or when it is opened, says so in its name: it is
        // part of the shell, and counted apart (tests/house/bundle_size.py).
        chunkFileNames: 'assets/later-[name]-[hash].js',
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/v1': 'http://localhost:8000' } },
  // A machine that does other work besides is no failure.
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    testTimeout: 30_000,
  },
});
