-- Tables of several kinds, some 92 MB (without indexes) for each 1 of `scale`: numbers, short and long text, JSON,
-- bytes that cannot be compressed. Every run makes the same rows.
create table customers (
  id int primary key, email text not null, name text not null, profile jsonb not null, created timestamptz not null);
insert into customers
  select i, 'user' || i || '@example.com', 'Customer ' || md5(i::text),
    jsonb_build_object('city', 'town-' || i % 997, 'tags', array['a' || i % 7, 'b' || i % 13], 'score', i % 1000,
      'address', md5(i::text) || md5((i + 1)::text)),
    timestamptz '2024-01-01' + i * interval '7 seconds'
  from generate_series(1, (50000 * :scale)::int) i;

create table accounts (id int primary key, branch int not null, balance int not null, filler char(84) not null);
insert into accounts select i, i % 60, (i::bigint * 7919) % 100000, '' from generate_series(1, (200000 * :scale)::int) i;

create table orders (
  id bigint primary key, customer int not null, total numeric(12, 2) not null, status text not null,
  at timestamptz not null, note text);
insert into orders
  select i, 1 + (i * 31) % (50000 * :scale)::int, (i % 100000) / 7.0, (array['new', 'paid', 'sent', 'done'])[1 + i % 4],
    timestamptz '2024-01-01' + i * interval '2 seconds', case when i % 3 = 0 then 'note ' || md5(i::text) end
  from generate_series(1, (250000 * :scale)::int) i;

create table events (tenant int not null, seq int not null, at timestamptz not null, kind text not null, payload text,
  primary key (tenant, seq));
insert into events
  select i % 50, i, timestamptz '2024-01-01' + i * interval '1 second', 'kind-' || i % 23,
    repeat(md5((i % 5000)::text) || ' ', 1 + i % 4)
  from generate_series(1, (150000 * :scale)::int) i;

create table files (id uuid primary key, name text not null, body bytea not null);
alter table files alter column body set storage external;
insert into files
  select md5(i::text)::uuid, 'file-' || i || '.bin',
    (select string_agg(sha512((i || '-' || part)::text::bytea), ''::bytea) from generate_series(1, 64) part)
  from generate_series(1, (2000 * :scale)::int) i;

-- Nothing to choose by: all of it is hashed.
create table settings (name text, value text);
insert into settings select 'setting-' || i, md5(i::text) from generate_series(1, 2000) i;

create index on orders (customer);
create index on orders (at);
create index on customers (email);
alter table orders add foreign key (customer) references customers (id);
create role reporting login password 'reporting';
grant select on all tables in schema public to reporting;
vacuum analyze;
