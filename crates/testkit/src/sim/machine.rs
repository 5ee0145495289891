//! The machine the company's desk runs on. It can crash, stand still for a month, and start again.

use std::sync::{Arc, Mutex, PoisonError};

use desk::{Clock, Desk, Secrets, Settings, Store, Tx};
use handbook::Handbook;
use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};

use super::broken::Stop;
use super::world::World;
use crate::{Engine, Place};

/// A running program, or what is left of it.
pub(super) struct Machine {
    store: Option<Store>,
    runtime: Runtime,
    // Last, so that the store is closed before its files go.
    place: Place,
}

impl Machine {
    pub(super) fn new(engine: Engine) -> Self {
        let runtime =
            Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        Self { store: None, runtime, place: Place::fresh(engine) }
    }

    /// The open database; a machine that was down starts.
    pub(super) fn store(&mut self, now: Timestamp) -> Result<Store, Stop> {
        if let Some(store) = &self.store {
            return Ok(store.clone());
        }
        let options = store::Options { now: Some(now), readers: 1, connections: 2 };
        let store = Store::open(self.place.url(), &options)?;
        self.store = Some(store.clone());
        Ok(store)
    }

    /// The program ends; what was committed stays.
    pub(super) fn go_down(&mut self) {
        self.store = None;
    }

    /// Runs a part of the world's life in one transaction. What it gives is committed.
    pub(super) fn live<T: Send + 'static>(
        &mut self,
        world: World,
        part: impl FnOnce(&mut World, &mut Tx<'_>) -> Result<T, Stop> + Send + 'static,
    ) -> (World, Result<T, Stop>) {
        let store = match self.store(world.now) {
            Ok(store) => store,
            Err(stop) => return (world, Err(stop)),
        };
        // The writer lets go of its half some time after it has answered, so the world is taken out of ours.
        let shared = Arc::new(Mutex::new(Some(world)));
        let inside = shared.clone();
        let mut part = Some(part);
        let outcome = store.write_blocking(move |tx| {
            let part = part.take().expect("one writer meets nobody, so nothing is tried twice");
            let mut world = inside.lock().unwrap_or_else(PoisonError::into_inner);
            part(world.as_mut().expect("the world was put there"), tx)
        });
        let world = shared.lock().unwrap_or_else(PoisonError::into_inner).take();
        let world = world.expect("the world was put there");
        (world, outcome)
    }

    /// The product's own worker wakes everything that is due by an instant.
    pub(super) fn work(&mut self, world: &World, until: Timestamp) -> Result<(), Stop> {
        let store = self.store(world.now)?;
        let handbook: Handbook = (*world.policy().handbook).clone();
        let settings =
            Settings { public_url: "http://desk.test".into(), demo: true, from_monday: false };
        let secrets = Secrets::new([7; 32], 1);
        // The simulated company sends no files.
        let blobs = desk::Blobs::at(std::env::temp_dir().join("answerable-simulation.files"));
        let desk =
            Desk::new((store, blobs), Clock::standing(world.now), secrets, handbook, settings);
        Ok(self.runtime.block_on(jobs::wake_until(&desk, until))?)
    }
}
