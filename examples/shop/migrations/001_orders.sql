CREATE TABLE products (
  id integer PRIMARY KEY,
  name text NOT NULL,
  price_cents integer NOT NULL
);
INSERT INTO products (id, name, price_cents) VALUES (1, 'Sluice gate', 129900), (2, 'Lock keeper''s lamp', 4950), (3, 'Barge pole', 2290);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id integer NOT NULL REFERENCES products (id),
  quantity integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  placed_by text NOT NULL,
  processed_at timestamptz,
  processed_by text
);
CREATE INDEX orders_open ON orders (id) WHERE processed_at IS NULL;
