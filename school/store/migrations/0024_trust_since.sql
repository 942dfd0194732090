-- Since when a device is trusted: what a clock that went ahead has begun lasts as long as any other (п. 8.5).
ALTER TABLE trusted_devices ADD COLUMN trusted_since TIMESTAMP;
UPDATE trusted_devices SET trusted_since = trusted_until - INTERVAL 30 DAY;
