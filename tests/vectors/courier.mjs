// Seals bundles and opens acknowledgements with the phone's own code, for test_courier_seal.py: one
// JSON question a line on standard input, one JSON answer a line on standard output.
//
// The TypeScript is built by the phone's own Vite into a folder given as the only argument.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PHONE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'pwa');
const MODULES = { seal: 'device', bytes: 'device', bundle: 'sync', fountain: 'sync', base45: 'sync' };

async function built(outDir) {
  const vite = createRequire(join(PHONE, 'package.json')).resolve('vite');
  const { build } = await import(pathToFileURL(vite).href);
  const input = Object.fromEntries(
    Object.entries(MODULES).map(([name, folder]) => [
      name,
      join(PHONE, 'src', folder, `${name}.ts`),
    ]),
  );
  await build({
    root: PHONE,
    configFile: false,
    logLevel: 'error',
    build: { ssr: true, outDir, emptyOutDir: true, rollupOptions: { input } },
  });
  const load = (name) => import(pathToFileURL(join(outDir, `${name}.js`)).href);
  const names = Object.keys(MODULES);
  return Object.fromEntries(await Promise.all(names.map(async (n) => [n, await load(n)])));
}

const { seal, bytes, bundle, fountain, base45 } = await built(process.argv[2]);
const random = (count) => crypto.getRandomValues(new Uint8Array(count));

const answers = {
  seal: async ({ content, count, server_key: serverKey, secret }) =>
    bundle.toText(await seal.sealBundle(content, count, { serverKey, secret, random })),
  open: ({ file, secret }) => seal.openAnswer(bundle.fromFile(bytes.utf8(file)), secret),
  frames: ({ message, sequence, numbers }) =>
    numbers.map((number) =>
      base45.toBase45(fountain.frame(bytes.fromHex(message), sequence, number)),
    ),
  collect: ({ frames }) => {
    const collector = new fountain.Collector();
    for (const text of frames) collector.add(base45.fromBase45(text) ?? new Uint8Array());
    return collector.message && bytes.hex(collector.message);
  },
};

for await (const line of createInterface({ input: process.stdin, terminal: false })) {
  const { op, ...question } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await answers[op](question))}\n`);
}
