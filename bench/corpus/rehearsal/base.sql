-- A small shop whose orders and events count as large tables.
create role reader;
create type order_state as enum ('new', 'paid', 'sent');
create table customers (id bigint generated always as identity primary key, email text not null, name varchar(40), city varchar(20) default 'unknown');
create table products (id bigint generated always as identity primary key, sku text not null constraint products_sku_key unique, price numeric(10, 2) not null default 0);
create table orders (
  id bigint generated always as identity primary key,
  customer_id bigint,
  product_id bigint,
  quantity int not null default 1,
  total numeric(10, 2),
  state order_state not null default 'new',
  reference varchar(40),
  placed timestamp default now()
);
create table events (at timestamptz not null, kind text not null, payload jsonb, seq int);
create table drafts (id int, title text);
insert into customers (email, name) select 'c' || i || '@example.com', 'customer ' || i from generate_series(1, 5000) i;
insert into products (sku, price) select 'sku-' || i, i + 0.55 from generate_series(1, 500) i;
insert into orders (customer_id, product_id, quantity, total, reference)
  select 1 + i % 5000, 1 + i % 500, 1 + i % 7, i * 0.37, 'ref-' || i from generate_series(1, 150000) i;
insert into events select now(), 'k' || i % 9, '{"a": 1}', i from generate_series(1, 150000) i;
insert into drafts values (null, null);
create index orders_customer on orders (customer_id);
create view paid_orders as select id, customer_id from orders where state = 'paid';
create function net(amount numeric) returns numeric language sql immutable as 'select amount / 1.2';
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger products_touch before update on products for each row execute function touch();
create schema archive;
create table archive.old_orders (id bigint);
grant select on orders to reader;
