// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rows in SQL, as SQLite and PostgreSQL both take it. What differs between the two is a [`Dialect`].

mod cells;
mod schema;

pub(super) use self::cells::Cell;
pub(super) use self::schema::{FORM, statements};

use self::cells::{Row, bytes, count};
use crate::error::StoreError;
use crate::flow::{CardState, Mark, Order, OrderId, OrderState};
use crate::rows::{Ask, Attempt, BatchRow, CardRow, Chain, Line, Lot, OrderRow, Tx};
use crate::seal::Envelope;

/// In what the two differ.
#[derive(Debug)]
pub(super) struct Dialect {
    /// Milliseconds since 1970 by the database's clock.
    pub(super) clock: &'static str,
    /// Behind a row that is going to be changed.
    pub(super) lock: &'static str,
    /// Behind one of many rows, of which others may have some in hand.
    pub(super) skip: &'static str,
}

/// A connection with an open transaction.
pub(super) trait Wire {
    fn dialect(&self) -> &'static Dialect;
    /// How many rows it touched.
    fn run(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, StoreError>;
    fn ask(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError>;
    /// Waits until no other transaction asks for what this stands for, until it ends.
    fn alone_with(&mut self, what: &[u8; 32]) -> Result<(), StoreError>;
}

/// A transaction for one tenant.
pub(super) struct SqlTx<'w, W> {
    pub(super) wire: &'w mut W,
    pub(super) tenant: &'w str,
}

const ORDER: &str = "id, state, fence, tries, held, sample, at_once, name, contents, number, profile, \
    place, batch, sequence, priority, deadline, replaces, wants, station, lease, put_at, ended_at";
const CARD: &str = "mark, order_id, state, released, lot, since";
const LINE: &str = "sequence, order_id, name, text, digest, previous, mac, delivered";
const ATTEMPT: &str = "order_id, card, station, reader, fence, outcome, code, grade, at";

impl<W: Wire> SqlTx<'_, W> {
    fn tenant(&self) -> Cell {
        Cell::text(self.tenant)
    }

    fn ids(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<OrderId>, StoreError> {
        let rows = self.wire.ask(sql, cells)?;
        rows.into_iter().map(|row| Row::of(row).int().map(OrderId)).collect()
    }

    fn all<T>(
        &mut self,
        sql: &str,
        cells: &[Cell],
        read: fn(&mut Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.wire.ask(sql, cells)?;
        rows.into_iter().map(|row| read(&mut Row::of(row))).collect()
    }

    fn one<T>(
        &mut self,
        sql: &str,
        cells: &[Cell],
        read: fn(&mut Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, cells, read)?.pop())
    }
}

fn order_row(row: &mut Row) -> Result<OrderRow, StoreError> {
    let id = OrderId(row.int()?);
    let state = row.text()?;
    let state = OrderState::ALL.into_iter().find(|one| one.name() == state);
    let order = Order {
        id,
        state: state.ok_or_else(|| Row::damaged("state"))?,
        fence: row.int()?,
        tries: u16::try_from(row.int()?).map_err(|_| Row::damaged("tries"))?,
        held: row.flag()?,
        sample: row.flag()?,
        at_once: row.flag()?,
    };
    Ok(OrderRow {
        order,
        name: row.hash()?,
        contents: row.hash()?,
        number: row.maybe_hash()?,
        profile: row.hash()?,
        place: row.text()?,
        batch: row.maybe_text()?,
        sequence: row.int()?,
        priority: row.int()?,
        deadline: row.maybe_int()?,
        replaces: row.maybe_int()?.map(OrderId),
        wants: row.maybe_hash()?.map(Mark),
        station: row.maybe_text()?,
        lease: row.maybe_int()?,
        put: row.int()?,
        ended: row.maybe_int()?,
    })
}

/// Everything of [`ORDER`] but the number.
fn order_cells(row: &OrderRow) -> Vec<Cell> {
    let order = &row.order;
    vec![
        Cell::text(order.state.name()),
        Cell::Int(order.fence),
        Cell::Int(i64::from(order.tries)),
        Cell::flag(order.held),
        Cell::flag(order.sample),
        Cell::flag(order.at_once),
        bytes(&row.name),
        bytes(&row.contents),
        Cell::maybe(row.number, |number| bytes(&number)),
        bytes(&row.profile),
        Cell::text(&row.place),
        Cell::maybe(row.batch.as_deref(), Cell::text),
        Cell::Int(row.sequence),
        Cell::Int(row.priority),
        Cell::maybe(row.deadline, Cell::Int),
        Cell::maybe(row.replaces, |order| Cell::Int(order.0)),
        Cell::maybe(row.wants, |mark| bytes(&mark.0)),
        Cell::maybe(row.station.as_deref(), Cell::text),
        Cell::maybe(row.lease, Cell::Int),
        Cell::Int(row.put),
        Cell::maybe(row.ended, Cell::Int),
    ]
}

fn card_row(row: &mut Row) -> Result<CardRow, StoreError> {
    let (mark, order, state) = (Mark(row.hash()?), OrderId(row.int()?), row.text()?);
    let state = CardState::ALL.into_iter().find(|one| one.name() == state);
    let state = state.ok_or_else(|| Row::damaged("state of a card"))?;
    let card = crate::flow::Card { mark, order, state, released: row.flag()? };
    Ok(CardRow { card, lot: row.maybe_text()?, since: row.int()? })
}

fn card_cells(tenant: Cell, row: &CardRow) -> [Cell; 7] {
    [
        tenant,
        bytes(&row.card.mark.0),
        Cell::Int(row.card.order.0),
        Cell::text(row.card.state.name()),
        Cell::flag(row.card.released),
        Cell::maybe(row.lot.as_deref(), Cell::text),
        Cell::Int(row.since),
    ]
}

fn line(row: &mut Row) -> Result<Line, StoreError> {
    Ok(Line {
        sequence: row.int()?,
        order: row.maybe_int()?.map(OrderId),
        name: row.maybe_hash()?,
        text: row.text()?,
        digest: row.hash()?,
        previous: row.hash()?,
        mac: row.hash()?,
        delivered: row.flag()?,
    })
}

fn attempt(row: &mut Row) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        order: OrderId(row.int()?),
        card: row.maybe_hash()?.map(Mark),
        station: row.text()?,
        reader: row.maybe_text()?,
        fence: row.int()?,
        outcome: row.text()?,
        code: row.maybe_text()?,
        grade: row.maybe_text()?,
        at: row.int()?,
    })
}

fn attempt_cells(attempt: &Attempt) -> Vec<Cell> {
    vec![
        Cell::Int(attempt.order.0),
        Cell::maybe(attempt.card, |mark| bytes(&mark.0)),
        Cell::text(&attempt.station),
        Cell::maybe(attempt.reader.as_deref(), Cell::text),
        Cell::Int(attempt.fence),
        Cell::text(&attempt.outcome),
        Cell::maybe(attempt.code.as_deref(), Cell::text),
        Cell::maybe(attempt.grade.as_deref(), Cell::text),
        Cell::Int(attempt.at),
    ]
}

/// `$first, $second` and so on, `number` of them.
fn places(first: usize, number: usize) -> String {
    let all: Vec<_> = (first..first + number).map(|at| format!("${at}")).collect();
    all.join(", ")
}

/// The parts of `names` set to `$first` and those that follow.
fn sets(names: &str, first: usize) -> String {
    let names = names.split(',').map(str::trim).enumerate();
    let all: Vec<_> = names.map(|(at, name)| format!("{name} = ${}", first + at)).collect();
    all.join(", ")
}

impl<W: Wire> Tx for SqlTx<'_, W> {
    fn now(&mut self) -> Result<i64, StoreError> {
        let sql = format!("SELECT {}", self.wire.dialect().clock);
        count(self.wire.ask(&sql, &[])?)
    }

    fn add_order(&mut self, row: &OrderRow) -> Result<OrderId, StoreError> {
        let columns = ORDER.trim_start_matches("id, ");
        let mut cells = vec![self.tenant()];
        cells.extend(order_cells(row));
        let sql = format!(
            "INSERT INTO orders (tenant, {columns}) VALUES ({}) RETURNING id",
            places(1, cells.len())
        );
        count(self.wire.ask(&sql, &cells)?).map(OrderId)
    }

    fn order(&mut self, order: OrderId) -> Result<Option<OrderRow>, StoreError> {
        let lock = self.wire.dialect().lock;
        let sql = format!("SELECT {ORDER} FROM orders WHERE tenant = $1 AND id = $2{lock}");
        self.one(&sql, &[self.tenant(), Cell::Int(order.0)], order_row)
    }

    fn save_order(&mut self, row: &OrderRow) -> Result<(), StoreError> {
        let sets = sets(ORDER.trim_start_matches("id, "), 3);
        let mut cells = vec![self.tenant(), Cell::Int(row.order.id.0)];
        cells.extend(order_cells(row));
        self.wire
            .run(&format!("UPDATE orders SET {sets} WHERE tenant = $1 AND id = $2"), &cells)
            .map(drop)
    }

    fn order_named(&mut self, name: &[u8; 32]) -> Result<Option<OrderId>, StoreError> {
        let sql = "SELECT id FROM orders WHERE tenant = $1 AND name = $2";
        Ok(self.ids(sql, &[self.tenant(), bytes(name)])?.pop())
    }

    fn orders_numbered(&mut self, number: &[u8; 32]) -> Result<Vec<OrderId>, StoreError> {
        self.wire.alone_with(number)?;
        let sql = "SELECT id FROM orders WHERE tenant = $1 AND number = $2 ORDER BY id";
        self.ids(sql, &[self.tenant(), bytes(number)])
    }

    fn next_order(&mut self, ask: &Ask<'_>) -> Result<Option<OrderId>, StoreError> {
        let now = self.now()?;
        let skip = self.wire.dialect().skip;
        let mut cells = vec![self.tenant(), Cell::Int(now), Cell::text("")];
        cells.extend(ask.places.iter().map(|place| Cell::text(place)));
        let at = places(3, ask.places.len() + 1);
        let profiles = places(cells.len() + 1, ask.profiles.len());
        cells.extend(ask.profiles.iter().map(bytes));
        if ask.profiles.is_empty() {
            return Ok(None);
        }
        let sql = format!(
            "SELECT id FROM orders AS o WHERE tenant = $1 AND state = 'waiting' AND held = 0 \
             AND (deadline IS NULL OR deadline >= $2) AND place IN ({at}) AND profile IN ({profiles}) \
             AND (sequence = 0 OR NOT EXISTS (SELECT 1 FROM orders AS b WHERE b.tenant = o.tenant \
             AND b.batch = o.batch AND b.sequence > 0 AND b.sequence < o.sequence \
             AND b.state IN ('waiting', 'claimed', 'intended', 'poison'))) \
             ORDER BY (wants IS NOT NULL), priority DESC, id LIMIT 1{skip}"
        );
        Ok(self.ids(&sql, &cells)?.pop())
    }

    fn overdue(&mut self, now: i64) -> Result<Vec<OrderId>, StoreError> {
        let skip = self.wire.dialect().skip;
        let sql = format!(
            "SELECT id FROM orders WHERE tenant = $1 AND lease <= $2 \
             AND state IN ('claimed', 'intended') ORDER BY id{skip}"
        );
        self.ids(&sql, &[self.tenant(), Cell::Int(now)])
    }

    fn ended_before(
        &mut self,
        time: i64,
        after: OrderId,
        most: i64,
    ) -> Result<Vec<OrderId>, StoreError> {
        let sql = "SELECT id FROM orders WHERE tenant = $1 AND ended_at < $2 AND state <> 'erased' \
                   AND id > $3 ORDER BY id LIMIT $4";
        let cells = [self.tenant(), Cell::Int(time), Cell::Int(after.0), Cell::Int(most)];
        self.ids(sql, &cells)
    }

    fn orders_in(
        &mut self,
        state: &str,
        after: OrderId,
        most: i64,
    ) -> Result<Vec<OrderId>, StoreError> {
        let sql = "SELECT id FROM orders WHERE tenant = $1 AND state = $2 AND id > $3 \
                   ORDER BY id LIMIT $4";
        let cells = [self.tenant(), Cell::text(state), Cell::Int(after.0), Cell::Int(most)];
        self.ids(sql, &cells)
    }

    fn orders_wanting(&mut self, most: i64) -> Result<Vec<OrderId>, StoreError> {
        // The line from its end, where those that ask for a card stand; what has none comes last.
        let sql = "SELECT id, wants FROM orders WHERE tenant = $1 AND state = 'waiting' AND held = 0 \
                   ORDER BY (wants IS NOT NULL) DESC, priority, id DESC LIMIT $2";
        let read = |row: &mut Row| Ok((OrderId(row.int()?), row.maybe_hash()?));
        let found = self.all(sql, &[self.tenant(), Cell::Int(most)], read)?;
        Ok(found.into_iter().filter(|(_, wants)| wants.is_some()).map(|(order, _)| order).collect())
    }

    fn count_orders(&mut self, state: &str) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM orders WHERE tenant = $1 AND state = $2";
        count(self.wire.ask(sql, &[self.tenant(), Cell::text(state)])?)
    }

    fn card(&mut self, mark: Mark) -> Result<Option<CardRow>, StoreError> {
        let lock = self.wire.dialect().lock;
        let sql = format!("SELECT {CARD} FROM cards WHERE tenant = $1 AND mark = $2{lock}");
        self.one(&sql, &[self.tenant(), bytes(&mark.0)], card_row)
    }

    fn cards_of(&mut self, order: OrderId) -> Result<Vec<CardRow>, StoreError> {
        let lock = self.wire.dialect().lock;
        let sql = format!(
            "SELECT {CARD} FROM cards WHERE tenant = $1 AND order_id = $2 ORDER BY mark{lock}"
        );
        self.all(&sql, &[self.tenant(), Cell::Int(order.0)], card_row)
    }

    fn add_card(&mut self, row: &CardRow) -> Result<(), StoreError> {
        let cells = card_cells(self.tenant(), row);
        let sql = format!("INSERT INTO cards (tenant, {CARD}) VALUES ({})", places(1, cells.len()));
        self.wire.run(&sql, &cells).map(drop)
    }

    fn save_card(&mut self, row: &CardRow) -> Result<(), StoreError> {
        let sets = sets(CARD.trim_start_matches("mark, "), 3);
        let sql = format!("UPDATE cards SET {sets} WHERE tenant = $1 AND mark = $2");
        self.wire.run(&sql, &card_cells(self.tenant(), row)).map(drop)
    }

    fn cards_of_lot(&mut self, lot: &str) -> Result<Vec<CardRow>, StoreError> {
        let sql = format!("SELECT {CARD} FROM cards WHERE tenant = $1 AND lot = $2 ORDER BY mark");
        self.all(&sql, &[self.tenant(), Cell::text(lot)], card_row)
    }

    fn add_attempt(&mut self, attempt: &Attempt) -> Result<(), StoreError> {
        let mut cells = vec![self.tenant()];
        cells.extend(attempt_cells(attempt));
        let places = places(1, cells.len());
        let sql = format!("INSERT INTO attempts (tenant, {ATTEMPT}) VALUES ({places})");
        self.wire.run(&sql, &cells).map(drop)
    }

    fn end_attempt(&mut self, attempt: &Attempt) -> Result<bool, StoreError> {
        let Some(card) = attempt.card else { return Ok(false) };
        let cells = [
            self.tenant(),
            Cell::Int(attempt.order.0),
            Cell::Int(attempt.fence),
            bytes(&card.0),
            Cell::text(&attempt.outcome),
            Cell::maybe(attempt.code.as_deref(), Cell::text),
            Cell::maybe(attempt.grade.as_deref(), Cell::text),
            Cell::Int(attempt.at),
        ];
        let sql = "UPDATE attempts SET outcome = $5, code = $6, grade = $7, at = $8 WHERE tenant = $1 \
                   AND order_id = $2 AND fence = $3 AND card = $4 AND outcome = 'intended'";
        Ok(self.wire.run(sql, &cells)? > 0)
    }

    fn attempts(&mut self, order: OrderId) -> Result<Vec<Attempt>, StoreError> {
        let sql = format!(
            "SELECT {ATTEMPT} FROM attempts WHERE tenant = $1 AND order_id = $2 ORDER BY id"
        );
        self.all(&sql, &[self.tenant(), Cell::Int(order.0)], attempt)
    }

    fn last_attempts(
        &mut self,
        station: &str,
        below: i64,
        most: i64,
    ) -> Result<Vec<(i64, Attempt)>, StoreError> {
        let sql = format!(
            "SELECT id, {ATTEMPT} FROM attempts WHERE tenant = $1 AND station = $2 AND id < $3 \
             ORDER BY id DESC LIMIT $4"
        );
        let read = |row: &mut Row| Ok((row.int()?, attempt(row)?));
        let cells = [self.tenant(), Cell::text(station), Cell::Int(below), Cell::Int(most)];
        self.all(&sql, &cells, read)
    }

    fn save_personal(&mut self, order: OrderId, envelope: &Envelope) -> Result<(), StoreError> {
        let key = [self.tenant(), Cell::Int(order.0), Cell::Blob(envelope.key.clone())];
        let sql = "INSERT INTO order_keys (tenant, order_id, wrapped) VALUES ($1, $2, $3)";
        self.wire.run(sql, &key)?;
        let body = [self.tenant(), Cell::Int(order.0), Cell::Blob(envelope.body.clone())];
        let sql = "INSERT INTO personal (tenant, order_id, body) VALUES ($1, $2, $3)";
        self.wire.run(sql, &body).map(drop)
    }

    fn personal(&mut self, order: OrderId) -> Result<Option<Envelope>, StoreError> {
        let sql = "SELECT k.wrapped, p.body FROM personal AS p JOIN order_keys AS k \
                   ON k.tenant = p.tenant AND k.order_id = p.order_id \
                   WHERE p.tenant = $1 AND p.order_id = $2";
        let read = |row: &mut Row| Ok(Envelope { key: row.blob()?, body: row.blob()? });
        self.one(sql, &[self.tenant(), Cell::Int(order.0)], read)
    }

    fn destroy_key(&mut self, order: OrderId) -> Result<(), StoreError> {
        let sql = "UPDATE order_keys SET wrapped = $3 WHERE tenant = $1 AND order_id = $2";
        // As long as what it overwrites.
        let nothing = Cell::Blob(vec![0; 72]);
        self.wire.run(sql, &[self.tenant(), Cell::Int(order.0), nothing]).map(drop)
    }

    fn delete_personal(&mut self, order: OrderId) -> Result<(), StoreError> {
        let cells = [self.tenant(), Cell::Int(order.0)];
        self.wire.run("DELETE FROM personal WHERE tenant = $1 AND order_id = $2", &cells)?;
        self.wire
            .run("DELETE FROM order_keys WHERE tenant = $1 AND order_id = $2", &cells)
            .map(drop)
    }

    fn last_line(&mut self, chain: Chain) -> Result<Option<Line>, StoreError> {
        // Whoever holds this row goes next; the others wait.
        let cells = [self.tenant(), Cell::text(chain.name())];
        let head = "INSERT INTO heads (tenant, chain) VALUES ($1, $2) \
                    ON CONFLICT (tenant, chain) DO UPDATE SET chain = excluded.chain";
        self.wire.run(head, &cells)?;
        let sql = format!(
            "SELECT {LINE} FROM lines WHERE tenant = $1 AND chain = $2 ORDER BY sequence DESC LIMIT 1"
        );
        self.one(&sql, &cells, line)
    }

    fn add_line(&mut self, chain: Chain, line: &Line) -> Result<(), StoreError> {
        let cells = [
            self.tenant(),
            Cell::text(chain.name()),
            Cell::Int(line.sequence),
            Cell::maybe(line.order, |order| Cell::Int(order.0)),
            Cell::maybe(line.name, |name| bytes(&name)),
            Cell::text(&line.text),
            bytes(&line.digest),
            bytes(&line.previous),
            bytes(&line.mac),
            Cell::flag(line.delivered),
        ];
        let places = places(1, cells.len());
        let sql = format!("INSERT INTO lines (tenant, chain, {LINE}) VALUES ({places})");
        self.wire.run(&sql, &cells).map(drop)
    }

    fn lines(&mut self, chain: Chain, after: i64, most: i64) -> Result<Vec<Line>, StoreError> {
        let cells = [self.tenant(), Cell::text(chain.name()), Cell::Int(after), Cell::Int(most)];
        let sql = format!(
            "SELECT {LINE} FROM lines WHERE tenant = $1 AND chain = $2 AND sequence > $3 \
             ORDER BY sequence LIMIT $4"
        );
        self.all(&sql, &cells, line)
    }

    fn undelivered(&mut self, chain: Chain, most: i64) -> Result<Vec<Line>, StoreError> {
        let cells = [self.tenant(), Cell::text(chain.name()), Cell::Int(most)];
        let sql = format!(
            "SELECT {LINE} FROM lines WHERE tenant = $1 AND chain = $2 AND delivered = 0 \
             ORDER BY sequence LIMIT $3"
        );
        self.all(&sql, &cells, line)
    }

    fn lines_named(&mut self, chain: Chain, name: &[u8; 32]) -> Result<Vec<Line>, StoreError> {
        let cells = [self.tenant(), Cell::text(chain.name()), bytes(name)];
        let sql = format!(
            "SELECT {LINE} FROM lines WHERE tenant = $1 AND chain = $2 AND name = $3 ORDER BY sequence"
        );
        self.all(&sql, &cells, line)
    }

    fn save_line(&mut self, chain: Chain, line: &Line) -> Result<(), StoreError> {
        let cells = [
            self.tenant(),
            Cell::text(chain.name()),
            Cell::Int(line.sequence),
            Cell::maybe(line.order, |order| Cell::Int(order.0)),
            Cell::maybe(line.name, |name| bytes(&name)),
            Cell::text(&line.text),
            Cell::flag(line.delivered),
        ];
        let sql = "UPDATE lines SET order_id = $4, name = $5, text = $6, delivered = $7 \
                   WHERE tenant = $1 AND chain = $2 AND sequence = $3";
        self.wire.run(sql, &cells).map(drop)
    }

    fn lot(&mut self, name: &str) -> Result<Option<Lot>, StoreError> {
        let lock = self.wire.dialect().lock;
        let sql = format!(
            "SELECT name, issued, returned, counted FROM lots WHERE tenant = $1 AND name = $2{lock}"
        );
        let read = |row: &mut Row| {
            let (name, issued) = (row.text()?, row.int()?);
            Ok(Lot { name, issued, returned: row.int()?, counted: row.int()? })
        };
        self.one(&sql, &[self.tenant(), Cell::text(name)], read)
    }

    fn save_lot(&mut self, lot: &Lot) -> Result<(), StoreError> {
        let cells = [
            self.tenant(),
            Cell::text(&lot.name),
            Cell::Int(lot.issued),
            Cell::Int(lot.returned),
            Cell::Int(lot.counted),
        ];
        let sql = "INSERT INTO lots (tenant, name, issued, returned, counted) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, name) DO UPDATE SET \
                   issued = excluded.issued, returned = excluded.returned, counted = excluded.counted";
        self.wire.run(sql, &cells).map(drop)
    }

    fn batch(&mut self, name: &str) -> Result<Option<BatchRow>, StoreError> {
        let sql = "SELECT name, orders, hash, taken FROM batches WHERE tenant = $1 AND name = $2";
        let read = |row: &mut Row| {
            let (name, count) = (row.text()?, row.int()?);
            Ok(BatchRow { name, count, hash: row.hash()?, taken: row.int()? })
        };
        self.one(sql, &[self.tenant(), Cell::text(name)], read)
    }

    fn add_batch(&mut self, batch: &BatchRow) -> Result<(), StoreError> {
        let cells = [
            self.tenant(),
            Cell::text(&batch.name),
            Cell::Int(batch.count),
            bytes(&batch.hash),
            Cell::Int(batch.taken),
        ];
        let sql = "INSERT INTO batches (tenant, name, orders, hash, taken) \
                   VALUES ($1, $2, $3, $4, $5)";
        self.wire.run(sql, &cells).map(drop)
    }

    fn block(&mut self, card: Mark, sealed: &[u8]) -> Result<(), StoreError> {
        let cells = [self.tenant(), bytes(&card.0), Cell::Blob(sealed.to_vec())];
        let sql = "INSERT INTO blocks (tenant, mark, sealed) VALUES ($1, $2, $3) \
                   ON CONFLICT (tenant, mark) DO UPDATE SET sealed = excluded.sealed";
        self.wire.run(sql, &cells).map(drop)
    }

    fn unblock(&mut self, card: Mark) -> Result<(), StoreError> {
        let sql = "DELETE FROM blocks WHERE tenant = $1 AND mark = $2";
        self.wire.run(sql, &[self.tenant(), bytes(&card.0)]).map(drop)
    }

    fn blocked(&mut self) -> Result<Vec<(Mark, Vec<u8>)>, StoreError> {
        let sql = "SELECT mark, sealed FROM blocks WHERE tenant = $1 ORDER BY mark";
        let read = |row: &mut Row| Ok((Mark(row.hash()?), row.blob()?));
        self.all(sql, &[self.tenant()], read)
    }
}
