-- How somebody wants the register to look (ГОСТ Р 52872): size in percent; contrast is «usual», «high» or «dark»; is_still: nothing
-- moves; has_plain_tables: tables as text. Who is not here sees it as it is.
CREATE TABLE views (
    user_id BIGINT PRIMARY KEY, size INTEGER NOT NULL, contrast VARCHAR NOT NULL, is_still BOOLEAN NOT NULL,
    has_plain_tables BOOLEAN NOT NULL
);
