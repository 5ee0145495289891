//! Fields of tickets, people and organizations; and the brand under which the company answers.

use domain::{BrandId, Field, FieldId};
use jiff::Timestamp;

use crate::users::{document, encode};
use crate::{Error, Kind, Row, Sql, Tx, params};

const SELECT: &str = "SELECT f.id, f.owner, f.kind, f.key, f.title, f.description, f.position, f.is_active, \
    f.is_removable, f.options, f.properties, f.created_at, f.updated_at FROM fields f WHERE ";

fn field(row: &Row) -> Result<Field, Error> {
    Ok(Field {
        id: FieldId(row.get(0)?),
        owner: row.get(1)?,
        kind: row.get(2)?,
        key: row.get(3)?,
        title: row.get(4)?,
        description: row.get(5)?,
        position: row.get(6)?,
        active: row.get(7)?,
        removable: row.get(8)?,
        options: document(&row.get::<String>(9)?, "fields.options")?,
        properties: document(&row.get::<String>(10)?, "fields.properties")?,
        created_at: row.get(11)?,
        updated_at: row.get(12)?,
    })
}

/// All fields of "ticket", "user" or "organization", by position.
pub fn all(tx: &mut Tx<'_>, owner: &str) -> Result<Vec<Field>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("f.owner = ").bind(owner).push(" ORDER BY f.position, f.id");
    tx.query(sql.text(), sql.params())?.iter().map(field).collect()
}

/// A number that is another one after a field of "ticket", "user" or "organization" was added, removed, moved, renamed
/// or switched on or off.
pub fn fingerprint(tx: &mut Tx<'_>, owner: &str) -> Result<u64, Error> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let rows = tx.query(
        "SELECT id, kind, coalesce(key, ''), is_active FROM fields WHERE owner = $1 ORDER BY position, id",
        params![owner],
    )?;
    let mut hasher = DefaultHasher::new();
    for row in rows {
        let field: (i64, String, String, bool) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        field.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// The field with this number.
pub fn load(tx: &mut Tx<'_>, id: FieldId) -> Result<Option<Field>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("f.id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(field).transpose()
}

/// Lets changes of fields come one after the other until this transaction ends.
pub fn lock(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.lock_name("fields")
}

/// Stores a new field.
pub fn insert(tx: &mut Tx<'_>, field: &Field) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO fields (id, owner, kind, key, title, description, position, is_active, is_removable, options,
            properties, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            field.id.0,
            &field.owner,
            &field.kind,
            field.key.as_deref(),
            &field.title,
            &field.description,
            field.position,
            field.active,
            field.removable,
            &encode(&field.options),
            &encode(&field.properties),
            field.created_at,
            field.updated_at
        ],
    )
    .map(|_| ())
}

/// Stores a field that changed; owner and kind never do.
pub fn update(tx: &mut Tx<'_>, field: &Field) -> Result<(), Error> {
    tx.execute(
        "UPDATE fields SET key = $2, title = $3, description = $4, position = $5, is_active = $6, is_removable = $7,
            options = $8, properties = $9, updated_at = $10
         WHERE id = $1",
        params![
            field.id.0,
            field.key.as_deref(),
            &field.title,
            &field.description,
            field.position,
            field.active,
            field.removable,
            &encode(&field.options),
            &encode(&field.properties),
            field.updated_at
        ],
    )
    .map(|_| ())
}

/// Gives a field another number; the values tickets have for it follow.
pub fn renumber(tx: &mut Tx<'_>, from: FieldId, to: FieldId) -> Result<(), Error> {
    tx.execute("UPDATE field_values SET field_id = $2 WHERE field_id = $1", params![from.0, to.0])?;
    tx.execute("UPDATE fields SET id = $2 WHERE id = $1", params![from.0, to.0]).map(|_| ())
}

/// Forgets a field and, of a ticket field, the values tickets have for it.
pub fn delete(tx: &mut Tx<'_>, id: FieldId) -> Result<(), Error> {
    tx.execute("DELETE FROM field_values WHERE field_id = $1", params![id.0])?;
    tx.execute("DELETE FROM fields WHERE id = $1", params![id.0]).map(|_| ())
}

/// The brand under which the company answers when nothing else is said.
pub fn default_brand(tx: &mut Tx<'_>) -> Result<Option<(BrandId, String)>, Error> {
    let row = tx
        .query_opt("SELECT id, name FROM brands WHERE is_default ORDER BY id LIMIT 1", params![])?;
    row.map(|row| Ok((BrandId(row.get(0)?), row.get(1)?))).transpose()
}

/// Makes the default brand.
pub fn insert_default_brand(tx: &mut Tx<'_>, name: &str, now: Timestamp) -> Result<BrandId, Error> {
    let id = tx.next_id(Kind::Brand)?;
    tx.execute(
        "INSERT INTO brands (id, name, is_default, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)",
        params![id, name, true, now],
    )?;
    Ok(BrandId(id))
}

/// Renames a brand.
pub fn rename_brand(tx: &mut Tx<'_>, id: BrandId, name: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE brands SET name = $2, updated_at = $3 WHERE id = $1",
        params![id.0, name, now],
    )
    .map(|_| ())
}
