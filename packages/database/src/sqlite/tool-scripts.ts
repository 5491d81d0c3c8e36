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
deadline = time.monotonic() + 10
# By itself it would ask for ever.
def patient(status, remaining, total):
    if status in (5, 6) and time.monotonic() > deadline: raise sqlite3.OperationalError('database is locked')
def copy(source, path):
    target = connect(path, 'rwc')
    source.backup(target, progress=patient)
    target.close()
# At least two, as one that has none but the first would be exchanged in a single step.
def pages_of(database):
    count = lambda: database.execute('pragma page_count').fetchone()[0]
    if count() < 2:
        database.executescript('create table sluice (id); drop table sluice')
        if count() < 2: raise sqlite3.OperationalError('there is nothing in it')
    return count()
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
elif verb == 'copy':
    copy(connect(path, 'rw'), sys.argv[3])
elif verb == 'exchange':
    fresh, half, old = sys.argv[3:6]
    def keep(source):
        copy(source, half)
        os.replace(half, old)
    guard, source = connect(path, 'rw'), connect(fresh, 'rw')
    if guard.execute('pragma journal_mode').fetchone()[0] == 'wal':
        pages = pages_of(source)
        # From its first step on the exchange keeps everybody else from writing, and readers see what was there: its last comes after.
        def keep_first(status, remaining, total):
            patient(status, remaining, total)
            if status == 0 and not os.path.exists(old): keep(connect(path, 'rw'))
        source.execute('begin')
        source.execute('select count(*) from sqlite_master').fetchone()
        source.backup(guard, pages=max(1, min(1000, pages - 1)), progress=keep_first)
    else:
        # One connection has the lock, and the others of this process ask for none.
        guard.execute('begin exclusive')
        keep(connect(path, 'rw&nolock=1'))
        source.backup(connect(path, 'rw&nolock=1'))
        guard.execute('rollback')
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
const { spawnSync } = require('node:child_process');
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
const deadline = Date.now() + 10000;
function copy(source, target, options = { rate: 2147483647 }) {
  return backup(source, target, options).catch(async (error) => {
    if (error.errcode !== 0 && error.errcode !== 5) throw error;
    if (Date.now() > deadline) throw new Error('database is locked');
    await setTimeout(10);
    return copy(source, target, options);
  });
}
// At least two, as one that has none but the first would be exchanged in a single step.
function pagesOf(database) {
  const count = () => database.prepare('pragma page_count').get().page_count;
  if (count() < 2) database.exec('create table sluice (id); drop table sluice');
  if (count() < 2) throw new Error('there is nothing in it');
  return count();
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
  copy: async () => copy(connect(path), others[0]),
  async exchange() {
    const [fresh, half, old] = others;
    const [guard, source] = [connect(path), connect(fresh)];
    if (guard.prepare('pragma journal_mode').get().journal_mode === 'wal') {
      guard.close();
      const rate = Math.max(1, Math.min(1000, pagesOf(source) - 1));
      // From its first step on the exchange keeps everybody else from writing, and readers see what was there: its last comes after.
      const progress = () => {
        if (fs.existsSync(old)) return;
        // Nothing of this process may go on meanwhile, so that another one copies.
        const { status } = spawnSync(process.execPath, [...process.execArgv, 'copy', path, half], { stdio: ['ignore', 'ignore', 'inherit'] });
        if (status !== 0) throw new Error('what was there could not be copied');
        fs.renameSync(half, old);
      };
      await copy(source, path, { rate, progress });
    } else {
      // One connection has the lock, and the others of this process ask for none.
      guard.exec('begin exclusive');
      const unlocked = 'file:' + path.split('/').map(encodeURIComponent).join('/') + '?mode=rw&nolock=1';
      await copy(new DatabaseSync(unlocked), half);
      fs.renameSync(half, old);
      await copy(source, unlocked);
      guard.exec('rollback');
    }
  },
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

/**
 * The exchange by SQLite's shell: $1 the live file, $2 and $3 the copy of it before and after it is whole, $4 the command that
 * makes that copy, $5 the one that puts the other content in its place, $6 tables that fail where one of the two is
 * not there, as it would be taken for an empty one.
 *
 * A connection that holds a lock exclusively keeps it from one transaction to the next, and may copy meanwhile. In a WAL it could
 * not be had, as others have the file open: there a transaction of ours keeps writers away while another process copies, and the
 * version of the data tells whether somebody wrote between its end and the exchange: two commits are ours. (A shell too old to say
 * what it has seen itself also counts who wrote right after.) What fails after the exchange undoes nothing.
 */
export const shellExchange = `
export LIVE="$1" HALF="$2" KEPT="$3" COPY="$4"
mode=$(sqlite3 -bail -batch "$LIVE" ".timeout 10000" "pragma journal_mode") || exit
if [ "$mode" = wal ]; then
  export KEEP='sqlite3 -bail -batch "$LIVE" ".timeout 10000" "$COPY" && mv -f "$HALF" "$KEPT"'
  version=".filectrl data_version"; ours=2
  sqlite3 -batch :memory: "$version" > /dev/null 2>&1 || { version="select data_version from pragma_data_version"; ours=0; }
  told=$(sqlite3 -bail -batch "$LIVE" ".timeout 10000" "begin immediate" '.system eval "$KEEP"' "select 1 from $6" \\
    "$version" commit "$5" ".print exchanged" "$version")
else
  export KEEP='mv -f "$HALF" "$KEPT"'
  told=$(sqlite3 -bail -batch "$LIVE" ".timeout 10000" "begin exclusive" "pragma locking_mode = exclusive" commit \\
    "$COPY" '.system eval "$KEEP"' "select 1 from $6" "$5" ".print exchanged")
fi
ended=$?
# One that was killed may have exchanged it.
case "$told" in *exchanged*) ;; *) exit "$((ended == 0 ? 1 : ended))" ;; esac
if [ "$mode" = wal ]; then
  set -- $told
  [ "$(($4 - $2))" = "$ours" ] || echo "written in between"
else
  # It stays where a lock was held exclusively, and takes room.
  sqlite3 -batch "$LIVE" ".timeout 10000" "pragma journal_mode = persist" "pragma journal_mode = delete" > /dev/null 2>&1
fi
exit 0
`;
