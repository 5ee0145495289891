//! `answerable handbook …`: check, activate and explain a policy file.

use anyhow::Context as _;
use desk::{Clock, Ctx};
use handbook::{Facts, Handbook};

use crate::cli::HandbookCommand;
use crate::serve;

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
        HandbookCommand::Explain { file, facts } => {
            let text = serve::read(&file)?;
            let name = file.display().to_string();
            let handbook =
                Handbook::parse(&text).map_err(|problems| serve::wrong(&name, &problems))?;
            let facts_text = std::fs::read_to_string(&facts)
                .with_context(|| format!("the facts {} cannot be read", facts.display()))?;
            let facts: Facts = serde_json::from_str(&facts_text)
                .with_context(|| format!("the facts {} are wrong", facts.display()))?;
            println!("{}", explain(&handbook, &facts));
        }
    }
    Ok(())
}

fn explain(handbook: &Handbook, facts: &Facts) -> String {
    use std::fmt::Write as _;
    let decision = handbook.decide_priority(facts);
    let area = (!facts.ticket.area.is_empty()).then_some(facts.ticket.area.as_str());
    let route = handbook.route(area);
    let target = handbook.priority(decision.value).first_reply.as_ref();
    let mut text = format!("priority {}", decision.value.as_str());
    if !decision.because.is_empty() {
        let _ = write!(text, ", because: {}", decision.because.join("; "));
    }
    let _ = write!(
        text,
        "\nfirst reply {}",
        target.map_or("not promised", |target| target.text.as_str())
    );
    let _ = write!(text, "\nteam {}, because: {}", route.team, route.because);
    for tried in &decision.rules {
        let facts: Vec<String> =
            tried.facts.iter().map(|fact| format!("{} = {}", fact.name, fact.value)).collect();
        let mark = if tried.holds { "yes" } else { "no " };
        let _ = write!(
            text,
            "\n  {mark} {:<7} {}   [{}]",
            tried.level.as_str(),
            tried.when,
            facts.join(", ")
        );
    }
    text
}
