-- migration: integer becomes bigint
-- expect: table-rewritten
alter table orders modify quantity bigint not null default 1;

-- migration: a scale becomes smaller
-- expect: values-changed
alter table orders modify total decimal(10, 1);

-- migration: another character set
-- expect: table-rewritten
alter table orders convert to character set latin1;

-- migration: a check is added
-- expect: table-rewritten
alter table orders add constraint positive check (total >= 0);

-- migration: a foreign key is added
-- expect: table-rewritten
alter table orders add constraint of_customer foreign key (customer_id) references customers (id);

-- migration: a new value stands before the others
-- expect: table-rewritten
alter table orders modify state enum('draft', 'new', 'paid', 'sent') not null default 'new';

-- migration: a table is copied because somebody says so
-- expect: table-rewritten
alter table orders add column remark text, algorithm=copy;

-- migration: an index for words
-- expect: index-blocks-writes
alter table orders add fulltext index orders_words (reference);

-- migration: a column is dropped
-- expect: column-dropped
alter table orders drop column reference;

-- migration: a column is renamed
-- expect: column-renamed
alter table products rename column price to amount;

-- migration: a column is renamed the old way
-- expect: column-renamed
alter table products change price amount decimal(10, 2) not null default 0;

-- migration: a table is renamed
-- expect: table-renamed
rename table customers to clients;

-- migration: a table is dropped
-- expect: table-dropped
drop table audit;

-- migration: a view is dropped
-- expect: object-dropped
drop view paid_orders;

-- migration: a trigger is dropped
-- expect: object-dropped
drop trigger orders_noted;

-- migration: a procedure is dropped
-- expect: object-dropped
drop procedure totals;

-- migration: a new column is required and has no default
-- expect: column-required
alter table products add column weight int not null;

-- migration: a default is dropped
-- expect: default-dropped
alter table customers alter column city drop default;

-- migration: an index is dropped
-- expect: index-dropped
drop index orders_customer on orders;

-- migration: rows are deleted without a condition
-- expect: rows-lost
delete from customers;

-- migration: a table is emptied
-- expect: rows-lost
truncate table orders;

-- migration: every value of a small table is overwritten
-- expect: values-changed
update products set price = 0;

-- migration: rows make room for as many others
-- expect: values-changed
delete from products where id <= 20;
insert into products (sku, price) select concat('other-', id), 1 from customers where id <= 20;

-- migration: every row is changed at once
-- expect: many-rows-changed
update orders set reference = upper(reference), quantity = quantity + 1;

-- migration: it fails half-way, and nothing is taken back
-- expect: left-half-way
create table coupons (id bigint auto_increment primary key, code varchar(20));
alter table products add column weight int;
alter table nowhere add column weight int;

-- migration: a unique index finds duplicates
-- expect: migration-failed
alter table orders add unique index once (customer_id);

-- migration: a text is too long for its new type
-- expect: migration-failed
alter table customers modify name varchar(5);

-- migration: a lock is taken by hand and held
-- expect: long-lock
lock tables orders write;
select sleep(0.9);
unlock tables;
