//! Prepared statements of a connection, and how values go in and come out.

use std::collections::HashMap;

use ::postgres::types::private::BytesMut;
use ::postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use ::postgres::{Client, Statement};

use crate::error::Cause;
use crate::{Error, Param, Row, Value};

/// How many statements a connection keeps; when there are more it forgets them all.
const CAPACITY: usize = 1000;

/// The statements of a connection by their text. A text has several when its values come with different types.
#[derive(Default)]
pub(crate) struct Statements {
    by_text: HashMap<String, Vec<Statement>>,
    count: usize,
}

impl Statements {
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn prepare(
        &mut self,
        client: &mut Client,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Statement, ::postgres::Error> {
        let known =
            self.by_text.get(sql).and_then(|those| those.iter().find(|one| fits(one, params)));
        if let Some(statement) = known {
            return Ok(statement.clone());
        }
        let types: Vec<Type> = params.iter().map(wanted).collect();
        let statement = client.prepare_typed(sql, &types)?;
        if self.count >= CAPACITY {
            self.clear();
        }
        self.count += 1;
        self.by_text.entry(sql.to_owned()).or_default().push(statement.clone());
        Ok(statement)
    }
}

/// The type a value is sent as. The server finds one for NULL from where it stands.
fn wanted(param: &Param<'_>) -> Type {
    match param {
        Param::Null => Type::UNKNOWN,
        Param::Int(_) => Type::INT8,
        Param::Bool(_) => Type::BOOL,
        Param::Text(_) => Type::TEXT,
        Param::Bytes(_) => Type::BYTEA,
    }
}

fn fits(statement: &Statement, params: &[Param<'_>]) -> bool {
    let types = statement.params();
    types.len() == params.len()
        && types
            .iter()
            .zip(params)
            .all(|(has, param)| *param == Param::Null || *has == wanted(param))
}

/// The values as the driver takes them.
pub(crate) fn borrowed<'a>(params: &'a [Param<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}

impl ToSql for Param<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Cause> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Bool(truth) => truth.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Statements are prepared for the values they are given.
        true
    }

    to_sql_checked!();
}

/// A row as both engines give it.
pub(crate) fn read(row: &::postgres::Row) -> Result<Row, Error> {
    let values = (0..row.len()).map(|column| Ok(row.try_get::<_, Value>(column)?));
    values.collect::<Result<_, Error>>().map(Row::new)
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Cause> {
        Ok(match *kind {
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(kind, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(kind, raw)?),
            Type::FLOAT4 => Self::Real(f32::from_sql(kind, raw)?.into()),
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            Type::VOID => Self::Null,
            _ => Self::Text(String::from_sql(kind, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Cause> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        const OURS: [Type; 8] = [
            Type::INT8,
            Type::INT4,
            Type::INT2,
            Type::BOOL,
            Type::FLOAT8,
            Type::FLOAT4,
            Type::BYTEA,
            Type::VOID,
        ];
        OURS.contains(kind) || <String as FromSql>::accepts(kind)
    }
}
