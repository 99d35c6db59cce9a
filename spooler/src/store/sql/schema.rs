// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tables.

/// The form of the tables; one more with each change.
pub(in crate::store) const FORM: i64 = 1;

/// What makes the tables, in the words of a database for a number that counts by itself and for bytes.
pub(in crate::store) fn statements(counting: &str, blob: &str) -> Vec<String> {
    TABLES.iter().map(|sql| sql.replace("COUNTING", counting).replace("BLOB", blob)).collect()
}

const TABLES: [&str; 19] = [
    "CREATE TABLE orders (id COUNTING, tenant TEXT NOT NULL, state TEXT NOT NULL, fence BIGINT NOT NULL, \
     tries BIGINT NOT NULL, held BIGINT NOT NULL, sample BIGINT NOT NULL, at_once BIGINT NOT NULL, \
     name BLOB NOT NULL, contents BLOB NOT NULL, number BLOB, profile BLOB NOT NULL, \
     place TEXT NOT NULL, batch TEXT, sequence BIGINT NOT NULL, priority BIGINT NOT NULL, \
     deadline BIGINT, replaces BIGINT, wants BLOB, station TEXT, lease BIGINT, \
     put_at BIGINT NOT NULL, ended_at BIGINT, UNIQUE (tenant, name))",
    // The line in the order in which it goes, so that the next one costs the same however long it is.
    "CREATE INDEX orders_line ON orders (tenant, (wants IS NOT NULL), priority DESC, id) \
     WHERE state = 'waiting' AND held = 0",
    "CREATE INDEX orders_state ON orders (tenant, state, id)",
    "CREATE INDEX orders_lease ON orders (tenant, lease) WHERE lease IS NOT NULL",
    "CREATE INDEX orders_number ON orders (tenant, number) WHERE number IS NOT NULL",
    "CREATE INDEX orders_batch ON orders (tenant, batch, sequence) WHERE sequence > 0",
    "CREATE TABLE cards (tenant TEXT NOT NULL, mark BLOB NOT NULL, order_id BIGINT NOT NULL, \
     state TEXT NOT NULL, released BIGINT NOT NULL, lot TEXT, since BIGINT NOT NULL, \
     PRIMARY KEY (tenant, mark))",
    "CREATE INDEX cards_order ON cards (tenant, order_id)",
    "CREATE TABLE attempts (id COUNTING, tenant TEXT NOT NULL, order_id BIGINT NOT NULL, card BLOB, \
     station TEXT NOT NULL, reader TEXT, fence BIGINT NOT NULL, outcome TEXT NOT NULL, code TEXT, \
     grade TEXT, at BIGINT NOT NULL)",
    "CREATE INDEX attempts_order ON attempts (tenant, order_id)",
    // Keys by themselves: a small table, which can be written anew where one is destroyed.
    "CREATE TABLE order_keys (tenant TEXT NOT NULL, order_id BIGINT NOT NULL, wrapped BLOB NOT NULL, \
     PRIMARY KEY (tenant, order_id))",
    "CREATE TABLE personal (tenant TEXT NOT NULL, order_id BIGINT NOT NULL, body BLOB NOT NULL, \
     PRIMARY KEY (tenant, order_id))",
    "CREATE TABLE lines (tenant TEXT NOT NULL, chain TEXT NOT NULL, sequence BIGINT NOT NULL, \
     order_id BIGINT, name BLOB, text TEXT NOT NULL, digest BLOB NOT NULL, previous BLOB NOT NULL, \
     mac BLOB NOT NULL, delivered BIGINT NOT NULL, PRIMARY KEY (tenant, chain, sequence))",
    "CREATE INDEX lines_outbox ON lines (tenant, chain, sequence) WHERE delivered = 0",
    "CREATE INDEX lines_name ON lines (tenant, chain, name) WHERE name IS NOT NULL",
    "CREATE TABLE heads (tenant TEXT NOT NULL, chain TEXT NOT NULL, PRIMARY KEY (tenant, chain))",
    "CREATE TABLE lots (tenant TEXT NOT NULL, name TEXT NOT NULL, issued BIGINT NOT NULL, \
     returned BIGINT NOT NULL, counted BIGINT NOT NULL, PRIMARY KEY (tenant, name))",
    "CREATE TABLE batches (tenant TEXT NOT NULL, name TEXT NOT NULL, orders BIGINT NOT NULL, \
     hash BLOB NOT NULL, taken BIGINT NOT NULL, PRIMARY KEY (tenant, name))",
    "CREATE TABLE blocks (tenant TEXT NOT NULL, mark BLOB NOT NULL, sealed BLOB NOT NULL, \
     PRIMARY KEY (tenant, mark))",
];
