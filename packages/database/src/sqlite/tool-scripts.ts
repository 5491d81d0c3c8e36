/**
 * What runs in containers that have Python or Node, but no shell of SQLite: the same verbs, by the SQLite inside. `sha3` is a
 * function of that shell, so that all of them count and hash by the same statements.
 */
export const pythonScript = `
import glob, hashlib, os, sqlite3, sys, time, urllib.parse
verb, path = sys.argv[1], sys.argv[2]
def connect(file, mode):
    if file == ':memory:': mode = 'memory'
    return sqlite3.connect('file:' + urllib.parse.quote(file) + '?mode=' + mode, uri=True, timeout=10, isolation_level=None)
def sha3(text, size):
    return hashlib.sha3_256(text if isinstance(text, bytes) else str(text).encode()).digest()
if verb == 'query':
    database = connect(path, 'rw')
    database.create_function('sha3', 2, sha3, deterministic=True)
    for statement in sys.stdin:
        if statement.strip():
            for row in database.execute(statement):
                print('\\t'.join('' if value is None else str(value) for value in row))
elif verb == 'hold':
    database = connect(path, 'rwc')
    for statement in sys.stdin:
        for row in database.execute(statement):
            print('\\t'.join('' if value is None else str(value) for value in row), flush=True)
elif verb in ('copy', 'overwrite'):
    source, target = connect(path, 'rw'), connect(sys.argv[3], 'rwc')
    deadline = time.monotonic() + 10
    # By itself it would ask for ever.
    def patient(status, remaining, total):
        if status in (5, 6) and time.monotonic() > deadline: raise sqlite3.OperationalError('database is locked')
    source.backup(target, progress=patient)
    target.close()
elif verb == 'read':
    with open(path, 'rb') as file:
        while chunk := file.read(1 << 20):
            sys.stdout.buffer.write(chunk)
elif verb == 'write':
    with open(path, 'wb') as file:
        while chunk := sys.stdin.buffer.read(1 << 20):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
elif verb == 'list':
    print('\\n'.join(glob.glob(glob.escape(path) + '*')))
elif verb == 'rename':
    os.replace(path, sys.argv[3])
elif verb == 'share':
    directory, top = os.path.dirname(path), sys.argv[3]
    os.makedirs(directory, exist_ok=True)
    while True:
        os.chmod(directory, 0o777)
        if len(directory) <= len(top): break
        directory = os.path.dirname(directory)
    if os.path.exists(path): os.chmod(path, 0o666)
elif verb == 'remove':
    for file in sys.argv[2:]:
        if os.path.exists(file): os.remove(file)
`;

export const nodeScript = `
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { dirname, join } = require('node:path');
const { pipeline } = require('node:stream/promises');
const { setTimeout } = require('node:timers/promises');
const { DatabaseSync, backup } = require('node:sqlite');
const [verb, path, ...others] = process.argv.slice(1);
function connect(file) {
  if (file !== ':memory:' && !fs.existsSync(file)) throw new Error('unable to open ' + file);
  const database = new DatabaseSync(file);
  database.exec('pragma busy_timeout = 10000');
  return database;
}
// It opens the target without a timeout, and says "not an error" of one that is locked.
function copy(source, target, deadline) {
  return backup(source, target, { rate: 2147483647 }).catch(async (error) => {
    if (error.errcode !== 0 && error.errcode !== 5) throw error;
    if (Date.now() > deadline) throw new Error('database is locked');
    await setTimeout(10);
    return copy(source, target, deadline);
  });
}
const verbs = {
  async query() {
    const database = connect(path);
    database.function('sha3', { deterministic: true }, (text, size) => createHash('sha3-256').update(typeof text === 'string' || text instanceof Uint8Array ? text : String(text)).digest());
    for (const statement of fs.readFileSync(0, 'utf8').split('\\n').filter((line) => line.trim())) {
      const prepared = database.prepare(statement);
      prepared.setReadBigInts(true);
      for (const row of prepared.iterate()) console.log(Object.values(row).map((value) => value ?? '').join('\\t'));
    }
  },
  async hold() {
    const database = new DatabaseSync(path);
    try {
      for await (const statement of require('node:readline').createInterface({ input: process.stdin })) {
        for (const row of database.prepare(statement).iterate()) console.log(Object.values(row).map((value) => value ?? '').join('\\t'));
      }
    } finally {
      process.stdin.destroy();
    }
  },
  copy: async () => copy(connect(path), others[0], Date.now() + 10000),
  overwrite: async () => verbs.copy(),
  read: () => pipeline(fs.createReadStream(path), process.stdout),
  async write() {
    const file = fs.createWriteStream(path, { flush: true });
    await pipeline(process.stdin, file);
  },
  async list() {
    if (!fs.existsSync(dirname(path))) return;
    for (const name of fs.readdirSync(dirname(path))) {
      const file = join(dirname(path), name);
      if (file.startsWith(path)) console.log(file);
    }
  },
  rename: async () => fs.renameSync(path, others[0]),
  async share() {
    let directory = dirname(path);
    fs.mkdirSync(directory, { recursive: true });
    for (;;) {
      fs.chmodSync(directory, 0o777);
      if (directory.length <= others[0].length) break;
      directory = dirname(directory);
    }
    if (fs.existsSync(path)) fs.chmodSync(path, 0o666);
  },
  async remove() {
    for (const file of [path, ...others]) fs.rmSync(file, { force: true });
  },
};
verbs[verb]().catch((error) => {
  console.error('Error: ' + error.message);
  process.exitCode = 1;
});
`;
