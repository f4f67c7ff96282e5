// Runs the TypeScript rules of pwa/src/sync for test_differential.py: one JSON question a line on
// standard input, one JSON answer a line on standard output, in the same order.
//
// The TypeScript is built by the phone's own Vite into a folder given as the only argument.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const PHONE = join(HERE, '..', '..', 'pwa');
const MODULES = [
  'amounts', 'canonical', 'capitals', 'columns', 'events', 'limitation', 'overlay', 'squeeze',
];

async function built(outDir) {
  const vite = createRequire(join(PHONE, 'package.json')).resolve('vite');
  const { build } = await import(pathToFileURL(vite).href);
  const input = Object.fromEntries(
    MODULES.map((name) => [name, join(PHONE, 'src', 'sync', `${name}.ts`)]),
  );
  await build({
    root: PHONE,
    configFile: false,
    logLevel: 'error',
    build: { ssr: true, outDir, emptyOutDir: true, rollupOptions: { input } },
  });
  const load = (name) => import(pathToFileURL(join(outDir, `${name}.js`)).href);
  return Object.fromEntries(await Promise.all(MODULES.map(async (n) => [n, await load(n)])));
}

function answersOf(rules) {
  const { amounts, canonical, capitals, columns, events, limitation, overlay, squeeze } = rules;
  return {
    canonical: async ({ value }) => [
      canonical.canonicalString(value),
      await canonical.eventHash(value),
    ],
    amounts: ({ text }) => amounts.parseYuan(text),
    capitals: ({ fen }) => capitals.capitals(fen),
    check_body: ({ kind, body }) =>
      events.checkBody(kind, 1, body).map(({ field, rule, reason }) => [field, rule, reason]),
    limitation: ({ rest_days, ...debt }) => {
      const found = limitation.limitation({ ...debt, isRestDay: (d) => rest_days.includes(d) });
      return {
        ...found,
        used: found.used.map(({ ref }) => ref),
        refused: found.refused.map(({ event, reason }) => [event.ref, reason]),
      };
    },
    columns: ({ records }) => {
      const packed = columns.pack(records);
      return [packed, columns.unpack(JSON.parse(JSON.stringify(packed)))];
    },
    unpack: ({ packed }) => columns.unpack(packed),
    squeeze: async ({ body, before }) => {
      const squeezed = await squeeze.squeeze(body, before);
      return [squeezed, await squeeze.unsqueeze(squeezed, before)];
    },
    unsqueeze: ({ body, before }) => squeeze.unsqueeze(body, before),
    overlay: ({ etype, row, as_of, events: own }) => overlay.view(etype, row, as_of, own),
  };
}

const answers = answersOf(await built(process.argv[2]));
for await (const line of createInterface({ input: process.stdin, terminal: false })) {
  const { op, ...question } = JSON.parse(line);
  let answer;
  try {
    answer = { out: await answers[op](question) };
  } catch (error) {
    if (error.name !== 'Problem') throw error;
    answer = { refused: [error.code, error.details.rule] };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
