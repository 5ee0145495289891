//! Keys that apps sign their users' identities with, from the command line. (CH-01)

use std::sync::Arc;

use anyhow::Context as _;
use desk::identity::keys;
use desk::{Ctx, Error};

use crate::cli::{IdentityCommand, KeyCommand, StoreOptions};
use crate::{admin, keys as files, serve};

/// Secrets are sealed with the installation's key, so that is read too.
fn open(options: &StoreOptions) -> anyhow::Result<(store::Store, Ctx)> {
    let secrets = Arc::new(files::open(&options.key_file)?);
    let ctx = Ctx { secrets, ..admin::ctx()? };
    Ok((serve::store(&options.database_url)?, ctx))
}

#[expect(clippy::print_stdout, reason = "this is the command line's answer")]
pub(crate) fn run(IdentityCommand::Key(command): IdentityCommand) -> anyhow::Result<()> {
    match command {
        KeyCommand::Create { public_key: None, store } => {
            let (store, ctx) = open(&store)?;
            let (id, secret) = store
                .write_blocking(move |tx| keys::create_secret(tx, &ctx))
                .map_err(admin::told)?;
            println!("key {id}");
            println!("secret {secret}");
        }
        KeyCommand::Create { public_key: Some(path), store } => {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("the public key {} cannot be read", path.display()))?;
            let (store, ctx) = open(&store)?;
            let id = store
                .write_blocking(move |tx| keys::create_public(tx, &ctx, &text))
                .map_err(admin::told)?;
            println!("key {id}");
        }
        KeyCommand::List { store } => {
            let (store, ctx) = open(&store)?;
            for key in store.read_blocking(move |tx| keys::list(tx, &ctx)).map_err(admin::told)? {
                let state = match key.revoked_at {
                    Some(at) => format!("revoked {at}"),
                    None => "in use".to_owned(),
                };
                println!("{} {} since {} {state}", key.id, key.algorithm, key.created_at);
            }
        }
        KeyCommand::Revoke { id, store } => {
            let (store, ctx) = open(&store)?;
            let shown = id.clone();
            let revoked: Result<(), Error> =
                store.write_blocking(move |tx| keys::revoke(tx, &ctx, &id));
            revoked.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!("there is no key {shown} in use"),
                other => admin::told(other),
            })?;
        }
    }
    Ok(())
}
