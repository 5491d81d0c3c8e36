-- migration: a new column may be null
alter table orders add column remark text;

-- migration: a new column has a default, and is the first
alter table orders add column priority int not null default 0 first;

-- migration: a new table refers to one that is there
create table addresses (id bigint auto_increment primary key, customer_id bigint not null, foreign key (customer_id) references customers (id));

-- migration: an index is built while everybody writes
alter table orders add index orders_total (total);

-- migration: a unique index is built while everybody writes
create unique index orders_reference on orders (reference);

-- migration: a text may be longer
alter table orders modify reference varchar(60);

-- migration: a new value stands after the others
alter table orders modify state enum('new', 'paid', 'sent', 'returned') not null default 'new';

-- migration: a column gets a default
alter table orders alter column reference set default '';

-- migration: a new column of a small table is filled at once
alter table customers add column label varchar(40);
update customers set label = name;

-- migration: rows are touched and hold what they held
update customers set name = name;

-- migration: a comment
alter table orders comment = 'what was ordered';

-- migration: rows of reference are inserted
insert into products (sku, price) values ('gift', 10), ('bag', 1);

-- migration: a column is filled in batches
alter table orders add column net decimal(10, 2);
-- next
update orders set net = total / 1.2 where id between 1 and 1000;

-- migration: a view shows more
create or replace view paid_orders as select id, customer_id, placed from orders where state = 'paid';

-- migration: a procedure
create procedure counted() select count(*) from orders;

-- migration: an index gets another name
alter table orders rename index orders_customer to orders_by_customer;

-- migration: a table is built anew in place
alter table orders force;
