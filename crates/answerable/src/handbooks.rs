//! `answerable handbook …`: check, activate, explain and replay a policy file.

use std::fmt;
use std::path::Path;

use anyhow::Context as _;
use desk::{Clock, Ctx};
use handbook::{Facts, Handbook, PriorityDecision, Route, Target, Walk};
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::HandbookCommand;
use crate::{replays, serve};

#[expect(clippy::print_stdout, reason = "this is the command line's answer")]
pub(crate) fn run(command: HandbookCommand) -> anyhow::Result<()> {
    match command {
        HandbookCommand::Check { file } => {
            let text = serve::read(&file)?;
            let name = file.display().to_string();
            let handbook =
                Handbook::parse(&text).map_err(|problems| serve::wrong(&name, &problems))?;
            println!(
                "{name} is right: version {}, {} levels, {} teams, {} areas",
                &handbook.version[..12],
                handbook.priorities.len(),
                handbook.teams.len(),
                handbook.areas.len()
            );
        }
        HandbookCommand::Activate { file, store } => {
            let text = serve::read(&file)?;
            let name = file.display().to_string();
            let handbook =
                Handbook::parse(&text).map_err(|problems| serve::wrong(&name, &problems))?;
            let version = handbook.version.clone();
            let store = serve::store(&store.database_url)?;
            let ctx = Ctx::starting(Clock::System.now(), handbook);
            store.write_blocking(move |tx| {
                desk::handbooks::activate(tx, &ctx, &ctx.handbook, &text)
            })?;
            println!("{name} is in force: version {}", &version[..12]);
        }
        HandbookCommand::Explain { file, facts, at, json } => {
            let handbook = parsed(&file)?;
            let facts_text = std::fs::read_to_string(&facts)
                .with_context(|| format!("the facts {} cannot be read", facts.display()))?;
            let facts: Facts = serde_json::from_str(&facts_text)
                .with_context(|| format!("the facts {} are wrong", facts.display()))?;
            let explained = Explained::of(&handbook, &facts, at);
            if json {
                println!("{}", serde_json::to_string_pretty(&explained)?);
            } else {
                println!("{explained}");
            }
        }
        HandbookCommand::Replay { file, since, json, recorded, store } => {
            let store = serve::store(&store.database_url)?;
            match file {
                Some(file) if !recorded => replays::run(&store, &parsed(&file)?, since, json)?,
                _ => replays::prove(&store, since)?,
            }
        }
    }
    Ok(())
}

/// A handbook file, read and checked.
fn parsed(file: &Path) -> anyhow::Result<Handbook> {
    let text = serve::read(file)?;
    Handbook::parse(&text).map_err(|problems| serve::wrong(&file.display().to_string(), &problems))
}

/// What a handbook decides for some facts.
#[derive(Serialize)]
struct Explained {
    priority: PriorityDecision,
    route: Route,
    promises: Vec<Promised>,
}

/// One kind of promise, and when it would be due.
#[derive(Serialize)]
struct Promised {
    what: &'static str,
    target: Option<String>,
    #[serde(flatten)]
    due: Option<Due>,
}

#[derive(Serialize)]
struct Due {
    due_at: Timestamp,
    walk: Walk,
}

impl Explained {
    fn of(handbook: &Handbook, facts: &Facts, at: Option<Timestamp>) -> Self {
        let priority = handbook.decide_priority(facts);
        let area = (!facts.ticket.area.is_empty()).then_some(facts.ticket.area.as_str());
        let route = handbook.route(area);
        let level = handbook.priority(priority.value);
        let calendar = handbook.calendar(&route.team);
        let promised = |what, target: Option<Target>| {
            let due = target.as_ref().zip(at).map(|(target, at)| {
                let (due_at, walk) = calendar.add(at, target);
                Due { due_at, walk }
            });
            Promised { what, target: target.map(|target| target.text), due }
        };
        let promises = vec![
            promised("first reply", level.first_reply.clone()),
            promised("follow-up", handbook.next_reply(priority.value)),
            promised("after an escalation", level.escalated.clone()),
        ];
        Self { priority, route, promises }
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "priority {}", self.priority.value.as_str())?;
        if !self.priority.because.is_empty() {
            write!(f, ", because: {}", self.priority.because.join("; "))?;
        }
        for promised in &self.promises {
            let target = promised.target.as_deref().unwrap_or("not promised");
            write!(f, "\n{} {target}", promised.what)?;
        }
        write!(f, "\nteam {}, because: {}", self.route.team, self.route.because)?;
        for tried in &self.priority.rules {
            let facts: Vec<String> =
                tried.facts.iter().map(|fact| format!("{} = {}", fact.name, fact.value)).collect();
            let mark = if tried.holds { "yes" } else { "no " };
            let (level, when) = (tried.level.as_str(), &tried.when);
            write!(f, "\n  {mark} {level:<7} {when}   [{}]", facts.join(", "))?;
        }
        for promised in &self.promises {
            let Some(due) = &promised.due else { continue };
            write!(f, "\n{} due {}", promised.what, due.walk.local(due.due_at))?;
            for line in due.walk.to_string().lines() {
                write!(f, "\n  {line}")?;
            }
        }
        Ok(())
    }
}
