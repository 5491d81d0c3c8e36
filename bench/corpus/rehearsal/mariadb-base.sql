-- A small shop whose orders count as a large table.
create table customers (id bigint auto_increment primary key, email varchar(100) not null, name varchar(40), city varchar(20) default 'unknown');
create table products (id bigint auto_increment primary key, sku varchar(40) not null, price decimal(10, 2) not null default 0, unique key products_sku (sku));
create table orders (
  id bigint auto_increment primary key,
  customer_id bigint,
  quantity int not null default 1,
  total decimal(10, 2),
  state enum('new', 'paid', 'sent') not null default 'new',
  reference varchar(40),
  note varchar(200) character set latin1,
  placed datetime default current_timestamp,
  key orders_customer (customer_id)
) default character set utf8mb4;
create table audit (id bigint auto_increment primary key, what varchar(100));
insert into customers (email, name) select concat('c', seq, '@example.com'), concat('customer ', seq) from seq_1_to_5000;
insert into products (sku, price) select concat('sku-', seq), seq + 0.55 from seq_1_to_500;
insert into orders (customer_id, quantity, total, reference, note)
  select 1 + seq % 5000, 1 + seq % 7, seq * 0.37, concat('ref-', seq), 'a note that makes its row longer' from seq_1_to_110000;
create view paid_orders as select id, customer_id from orders where state = 'paid';
create trigger orders_noted after delete on orders for each row insert into audit (what) values (concat('order ', old.id));
create procedure totals() select sum(total) from orders;
