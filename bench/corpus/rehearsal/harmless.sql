-- migration: a new column may be null
alter table orders add column note text;

-- migration: a new column has a constant default
alter table orders add column priority int not null default 0;

-- migration: a new table
create table coupons (id bigint generated always as identity primary key, code text not null unique);

-- migration: a new table refers to one that is there
create table addresses (id bigint generated always as identity primary key, customer_id bigint not null references customers);

-- migration: an index is built while everybody writes
create index concurrently orders_total on orders (total);

-- migration: a unique constraint takes over an index that was built while everybody wrote
create unique index concurrently orders_reference on orders (reference);
-- next
alter table orders add constraint orders_reference unique using index orders_reference;

-- migration: a check is validated in a transaction of its own
alter table orders add constraint positive check (total >= 0) not valid;
-- next
alter table orders validate constraint positive;

-- migration: a foreign key is validated in a transaction of its own
alter table orders add constraint of_customer foreign key (customer_id) references customers not valid;
-- next
alter table orders validate constraint of_customer;

-- migration: a column is required after a check had said so
alter table orders add constraint has_product check (product_id is not null) not valid;
-- next
alter table orders validate constraint has_product;
-- next
alter table orders alter column product_id set not null;
-- next
alter table orders drop constraint has_product;

-- migration: a text may be longer
alter table orders alter column reference type varchar(80);

-- migration: a text may be as long as it likes
alter table customers alter column name type text;

-- migration: a number may have more digits
alter table orders alter column total type numeric(14, 2);

-- migration: a column gets a default
alter table orders alter column reference set default '';

-- migration: a column may be null
alter table orders alter column quantity drop not null;

-- migration: a type gets another value
alter type order_state add value 'returned';

-- migration: a view shows more
create or replace view paid_orders as select id, customer_id, placed from orders where state = 'paid';

-- migration: a function is replaced
create or replace function net(amount numeric) returns numeric language sql immutable as 'select amount / 1.19';

-- migration: rows of reference are inserted
insert into products (sku, price) values ('gift', 10), ('bag', 1);

-- migration: a column is filled in batches
alter table orders add column net numeric;
-- next
update orders set net = total / 1.2 where id between 1 and 1000;
-- next
update orders set net = total / 1.2 where id between 1001 and 2000;

-- migration: a new column of a small table is filled at once
alter table customers add column label varchar(40);
update customers set label = name;

-- migration: rows are touched and hold what they held
update customers set name = name;

-- migration: a comment
comment on table orders is 'what was ordered';

-- migration: an extension
create extension if not exists pg_trgm;

-- migration: a setting of a table
alter table orders set (fillfactor = 90);

-- migration: statistics
alter table orders alter column reference set statistics 500;
-- next
analyze orders;

-- migration: a sequence
create sequence invoice_number;

-- migration: a right is given
grant select on customers to reader;

-- migration: an index is built anew while everybody writes
reindex index concurrently orders_customer;

-- migration: a trigger
create trigger customers_touch before update on customers for each row execute function touch();

-- migration: an index gets another name
alter index orders_customer rename to orders_by_customer;

-- migration: a lock that is not waited for long
set lock_timeout = '2s';
alter table orders add column channel text;

-- migration: a partitioned table
create table visits (at date not null, page text) partition by range (at);
create table visits_2026 partition of visits for values from ('2026-01-01') to ('2027-01-01');

-- migration: a materialized view
create materialized view best_sellers as select product_id, sum(quantity) as sold from orders group by 1;

-- migration: a small table is indexed as usual
create index customers_city on customers (city);
