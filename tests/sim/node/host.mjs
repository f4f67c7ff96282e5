// Builds the phone's program for the simulation and runs its phones: one JSON command a line on
// standard input, one JSON answer a line on standard output. Arguments: a folder for what is built,
// and optionally a JSON file of patches [{file, old, new}] that make a mutant of the program.

import { createCipheriv, createDecipheriv, createECDH, createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import zlib from 'node:zlib';

const PHONE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'pwa');
const SIM = join(PHONE, 'src', 'testing', 'sim');
const [, , FOLDER, PATCHES] = process.argv;
const OUT = resolve(FOLDER);
const patches = PATCHES ? JSON.parse(readFileSync(PATCHES, 'utf8')) : [];

const load = async (name) => {
  const found = createRequire(join(PHONE, 'package.json')).resolve(name);
  return import(pathToFileURL(found).href);
};

// fake-indexeddb hands its tasks to the scheduler of the simulation instead of the event loop's.
const scheduling = {
  name: 'scheduling',
  transform(code, id) {
    if (!id.endsWith('fake-indexeddb/build/esm/lib/scheduling.js')) return null;
    return 'export const queueTask = (run) => globalThis.simQueueTask(run);';
  },
};

const patched = new Set();
const mutant = {
  name: 'mutant',
  transform(code, id) {
    let text = code;
    for (const [index, { file, old, new: replacement }] of patches.entries()) {
      if (relative(join(PHONE, '..'), id) !== file) continue;
      if (!text.includes(old)) throw new Error(`the text of a mutant is gone from ${file}: ${old}`);
      text = text.replace(old, () => replacement);
      patched.add(index);
    }
    return text === code ? null : text;
  },
};

async function bundle(rolldown, input, format, name) {
  const building = await rolldown({
    input,
    cwd: PHONE,
    platform: format === 'esm' ? 'node' : 'browser',
    plugins: [mutant, scheduling],
    logLevel: 'silent',
    transform: {
      define: {
        'import.meta.url': '"http://sim.localhost/assets/index-sim.js"',
        __WORDS_AT__: '{}',
      },
    },
  });
  const { output } = await building.write({
    dir: join(OUT, name),
    format,
    name: 'Built',
    entryFileNames: format === 'esm' ? '[name].mjs' : '[name].js',
  });
  await building.close();
  return output[0].code;
}

const compiled = new Map();
const sources = {};

function program(which, names) {
  const key = `${which} ${names.join()}`;
  if (!compiled.has(key)) {
    const code = `(function (${names.join(', ')}) {\n${sources[which]}\nreturn typeof Built === "undefined" ? null : Built; })`;
    const made = runInThisContext(code, { filename: `${which}.js` });
    compiled.set(key, which === 'tab' ? (...given) => made(...given).program : made);
  }
  return compiled.get(key);
}

const plainBytes = (buffer) => new Uint8Array(buffer);
const PACK = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, 'deflate-raw': zlib.deflateRawSync };
const SYNC = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
const UNPACK = {
  gzip: (bytes) => zlib.gunzipSync(bytes, SYNC),
  deflate: (bytes) => zlib.inflateSync(bytes, SYNC),
  'deflate-raw': (bytes) => zlib.inflateRawSync(bytes, SYNC),
  br: (bytes) =>
    zlib.brotliDecompressSync(bytes, { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
};

function ecdh(secret) {
  const key = createECDH('prime256v1');
  key.setPrivateKey(secret);
  return key;
}

function aes(way, { key, nonce, text, aad }) {
  const name = `aes-${key.length * 8}-gcm`;
  if (way === 'seal') {
    const seal = createCipheriv(name, key, nonce).setAAD(aad);
    const body = Buffer.concat([seal.update(text), seal.final()]);
    return plainBytes(Buffer.concat([body, seal.getAuthTag()]));
  }
  const open = createDecipheriv(name, key, nonce).setAAD(aad);
  open.setAuthTag(text.subarray(text.length - 16));
  return plainBytes(Buffer.concat([open.update(text.subarray(0, -16)), open.final()]));
}

const native = {
  sha256: (bytes) => plainBytes(createHash('sha256').update(bytes).digest()),
  hmac: (key, bytes) => plainBytes(createHmac('sha256', key).update(bytes).digest()),
  publicPoint: (secret) => plainBytes(ecdh(secret).getPublicKey()),
  shared: (secret, point) => plainBytes(ecdh(secret).computeSecret(point)),
  aes,
  pack: (format, bytes) => plainBytes(PACK[format](bytes)),
  unpack: (format, bytes) => (bytes.length ? plainBytes(UNPACK[format](bytes)) : bytes),
  program,
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

process.env.TZ = 'Asia/Shanghai';
// A page that dies leaves promises behind that nobody waits for any more.
process.on('unhandledRejection', () => undefined);

const { rolldown } = await load('rolldown');
sources.tab = await bundle(rolldown, join(SIM, 'tab.ts'), 'iife', 'tab');
sources.worker = await bundle(
  rolldown,
  join(PHONE, 'src', 'device', 'journal-worker.ts'),
  'iife',
  'worker',
);
await bundle(rolldown, join(SIM, 'host.ts'), 'esm', 'host');
if (patched.size !== patches.length) throw new Error('a patch of the mutant was never used');
const { Host, queueTask } = await import(pathToFileURL(join(OUT, 'host', 'host.mjs')).href);
globalThis.simQueueTask = queueTask;
const host = new Host(native);
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);

for await (const line of createInterface({ input: process.stdin, terminal: false })) {
  let said;
  try {
    said = await host.obey(JSON.parse(line));
  } catch (error) {
    said = { broken: String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
