-- migration: integer becomes bigint
-- expect: table-rewritten
alter table orders alter column quantity type bigint;

-- migration: a scale becomes smaller
-- expect: values-changed
alter table orders alter column total type numeric(10, 1);

-- migration: a timestamp gets a time zone
-- expect: table-rewritten
set timezone = 'Europe/Berlin';
alter table orders alter column placed type timestamptz;

-- migration: a new column has a default that is computed for each row
-- expect: table-rewritten
alter table orders add column token uuid default gen_random_uuid();

-- migration: a new column counts
-- expect: table-rewritten
alter table orders add column number serial;

-- migration: a new column is generated and stored
-- expect: table-rewritten
alter table orders add column net numeric generated always as (total / 1.2) stored;

-- migration: a table is no longer logged
-- expect: table-rewritten
alter table events set unlogged;

-- migration: a table is packed
-- expect: table-rewritten
vacuum full events;

-- migration: a table is put in order
-- expect: table-rewritten
cluster orders using orders_pkey;

-- migration: a column is required at once
-- expect: not-null-scans-table
alter table orders alter column customer_id set not null;

-- migration: a check is added at once
-- expect: check-scans-table
alter table orders add constraint positive check (total >= 0);

-- migration: a check is added and validated in one transaction
-- expect: check-scans-table
alter table orders add constraint positive check (total >= 0) not valid;
alter table orders validate constraint positive;

-- migration: a foreign key is added at once
-- expect: foreign-key-scans-table
alter table orders add constraint of_customer foreign key (customer_id) references customers;

-- migration: a foreign key is added and validated in one transaction
-- expect: foreign-key-scans-table
alter table orders add constraint of_customer foreign key (customer_id) references customers not valid;
alter table orders validate constraint of_customer;

-- migration: an index is built as usual
-- expect: index-blocks-writes
create index orders_total on orders (total);

-- migration: a unique index is built as usual
-- expect: index-blocks-writes
create unique index orders_reference on orders (reference);

-- migration: a unique constraint builds its index
-- expect: index-blocks-writes
alter table orders add constraint orders_reference unique (reference);

-- migration: a primary key builds its index
-- expect: index-blocks-writes
alter table events add primary key (seq);

-- migration: an index is built anew
-- expect: index-blocks-writes
drop index orders_customer;
create index orders_customer on orders (customer_id, placed);

-- migration: an index is built anew in its place
-- expect: index-blocks-writes
reindex index orders_customer;

-- migration: a column is dropped
-- expect: column-dropped
alter table orders drop column reference;

-- migration: a table is dropped
-- expect: table-dropped
drop table archive.old_orders;

-- migration: a column is renamed
-- expect: column-renamed
alter table products rename column price to amount;

-- migration: a table is renamed
-- expect: table-renamed
alter table customers rename to clients;

-- migration: a table moves to another schema
-- expect: table-renamed
alter table drafts set schema archive;

-- migration: a schema goes with all that is in it
-- expect: table-dropped
drop schema archive cascade;

-- migration: a view is dropped
-- expect: object-dropped
drop view paid_orders;

-- migration: a function is dropped
-- expect: object-dropped
drop function net(numeric);

-- migration: a trigger is dropped
-- expect: object-dropped
drop trigger products_touch on products;

-- migration: a value of a type is renamed
-- expect: object-dropped
alter type order_state rename value 'sent' to 'shipped';

-- migration: a text is cut
-- expect: values-changed
alter table customers alter column name type varchar(10) using left(name, 10);

-- migration: a new column is required and has no default
-- expect: migration-failed
alter table products add column weight int not null;

-- migration: a new column of an empty table is required and has no default
-- expect: column-required
delete from drafts;
alter table drafts add column author int not null;

-- migration: a default is dropped
-- expect: default-dropped
alter table orders alter column state drop default;

-- migration: an index is dropped
-- expect: index-dropped
drop index orders_customer;

-- migration: a unique constraint is dropped
-- expect: constraint-dropped
alter table products drop constraint products_sku_key;

-- migration: rows are deleted without a condition
-- expect: rows-lost
delete from events;

-- migration: a table is emptied
-- expect: rows-lost
truncate customers;

-- migration: old rows are deleted
-- expect: rows-lost
delete from products where id <= 20;

-- migration: every value of a small table is overwritten
-- expect: values-changed
update products set price = 0;

-- migration: rows make room for as many others
-- expect: values-changed
delete from products where id <= 20;
insert into products (sku, price) select concat('other-', id), 1 from customers where id <= 20;

-- migration: every row is changed at once
-- expect: many-rows-changed
update orders set reference = upper(reference);

-- migration: a unique index finds duplicates
-- expect: migration-failed
create unique index concurrently orders_customer_once on orders (customer_id);

-- migration: a type does not fit what is there
-- expect: migration-failed
alter table products alter column sku type int using sku::int;

-- migration: a division meets a zero
-- expect: migration-failed
update products set price = price / (id - 3);

-- migration: a right is taken away
-- expect: grant-lost
revoke select on orders from reader;

-- migration: row security is enabled
-- expect: row-security-enabled
alter table customers enable row level security;

-- migration: a lock is held while something slow happens
-- expect: long-lock
alter table products add column note text;
select pg_sleep(0.7);

-- migration: a lock is taken by hand and held
-- expect: long-lock
lock table orders in share row exclusive mode;
select pg_sleep(0.7);
create table totals as select customer_id, sum(total) from orders group by 1;
