-- A version that still reads price_cents cannot live with this.
ALTER TABLE products RENAME COLUMN price_cents TO price;
