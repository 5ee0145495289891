//! `answerable doctor mail`: how mail comes in and goes out, and in words what to fix.

mod records;

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use channels::dns::Dns;
use channels::imap::Imap;
use channels::smtp::{Smtp, SmtpConfig};
use channels::{Outcome, Transport};
use desk::{Clock, Ctx, Error};
use domain::Actor;
use handbook::Handbook;
use mail::Outgoing;

use crate::cli::ServeOptions;
use crate::config::{self, Config, Mailbox};
use crate::{keys, serve};

/// How long a message to ourselves may take.
const ROUND_TRIP: Duration = Duration::from_mins(2);
/// How far our clock may be from that of the mail server, in seconds.
const SKEW: i64 = 120;

/// What was found.
enum Finding {
    /// It works.
    Good(String),
    /// Somebody has to do something.
    Fix(String),
    /// It could not be looked at.
    Skipped(String),
}

impl Finding {
    fn good(text: impl Into<String>) -> Self {
        Self::Good(text.into())
    }

    fn fix(text: impl Into<String>) -> Self {
        Self::Fix(text.into())
    }

    fn skipped(text: impl Into<String>) -> Self {
        Self::Skipped(text.into())
    }
}

/// What is found, said at once.
#[derive(Default)]
struct Report {
    to_fix: usize,
}

impl Report {
    #[expect(clippy::print_stdout, reason = "this is the command line's answer")]
    fn say(&mut self, finding: Finding) {
        match finding {
            Finding::Good(text) => println!("good     {text}"),
            Finding::Skipped(text) => println!("skipped  {text}"),
            Finding::Fix(text) => {
                self.to_fix += 1;
                println!("FIX      {text}");
            }
        }
    }
}

pub(crate) async fn mail(options: ServeOptions, send: bool) -> anyhow::Result<()> {
    let mut config = config::load(options)?;
    let mut report = Report::default();
    let handbook = data(&mut report, &config)?;
    let from = handbook.company.from.clone();
    let Some((_, domain)) = from.trim_end_matches('>').rsplit_once('@') else {
        bail!("the handbook's [company] from is no mail address: {from:?}");
    };
    domain_records(&mut report, domain, &config).await;
    for mailbox in &config.mailboxes {
        report.say(sign_in(mailbox).await);
    }
    way_back(&mut report, &config, &from);
    let smtp = way_out(&mut report, &mut config).await?;
    match (send, smtp) {
        (false, _) => report.say(Finding::skipped(
            "plus addresses and the clock: add --send, and a message is sent to ourselves and looked for",
        )),
        (true, None) => {
            report.say(Finding::skipped("plus addresses: there is no mail server to send by"));
        }
        (true, Some(smtp)) => round_trip(&mut report, &config, &from, Transport::Smtp(Box::new(smtp))).await?,
    }
    match report.to_fix {
        0 => Ok(()),
        1 => bail!("one thing is to be fixed"),
        more => bail!("{more} things are to be fixed"),
    }
}

/// What the data says, if it can be opened; and the handbook.
fn data(report: &mut Report, config: &Config) -> anyhow::Result<Handbook> {
    let named = config.handbook.as_deref().map(serve::read).transpose()?;
    let named = named
        .map(|text| Handbook::parse(&text))
        .transpose()
        .map_err(|problems| serve::wrong("handbook", &problems))?;
    let opened = match serve::store(&config.database_url) {
        Ok(opened) => opened,
        Err(error) => {
            report.say(Finding::skipped(format!(
                "what is stuck: {error:#}; the running desk tells it at /metrics and at /settings/mail"
            )));
            return named.context("--handbook: which one is in force cannot be read");
        }
    };
    let active = opened.read_blocking(|tx| -> Result<_, Error> {
        Ok(desk::handbooks::active(tx).ok().flatten())
    })?;
    let handbook =
        active.or(named).context("no handbook is in force: start once with --handbook FILE")?;
    let ctx = Ctx::starting(Clock::System.now(), handbook.clone());
    let ctx = ctx.acting_as(Actor::System);
    let (muted, alarms) = opened.read_blocking(move |tx| -> Result<_, Error> {
        Ok((desk::installation::muted(tx)?, desk::mailboxes::alarms(tx, &ctx)?))
    })?;
    if let Some((since, because)) = muted {
        report.say(Finding::fix(format!(
            "nothing leaves since {since}: {because}. If this is the real desk: answerable unmute"
        )));
    }
    for (name, count) in &alarms.unarchived {
        report.say(Finding::fix(format!(
            "mailbox {name}: {count} messages are listed and not archived; /settings/mail says why"
        )));
    }
    for one in &alarms.unreachable {
        let why = one.last_error.as_deref().unwrap_or_default();
        report.say(Finding::fix(format!("mailbox {}: it could not be read: {why}", one.name)));
    }
    if alarms.failed > 0 {
        report.say(Finding::fix(format!(
            "{} mails are archived and nothing could be decided about them; /settings/mail says why",
            alarms.failed
        )));
    }
    if alarms.is_quiet() {
        report.say(Finding::good("every message that was listed is archived and decided"));
    }
    Ok(handbook)
}

async fn domain_records(report: &mut Report, domain: &str, config: &Config) {
    let dns = match Dns::of_the_machine() {
        Ok(dns) => dns,
        Err(error) => return report.say(Finding::skipped(format!("records of {domain}: {error}"))),
    };
    match dns.mail_servers(domain).await {
        Ok(servers) => report.say(records::mx(domain, &servers)),
        // Without an answer to the first question there is none to the others.
        Err(error) => return report.say(Finding::skipped(format!("records of {domain}: {error}"))),
    }
    let unanswered = |error| Finding::skipped(format!("a record of {domain}: {error}"));
    report.say(match dns.texts(domain).await {
        Ok(texts) => records::spf(domain, &texts),
        Err(error) => unanswered(error),
    });
    for signer in &config.signers {
        report.say(match dns.texts(&signer.record_name()).await {
            Ok(texts) => records::dkim(signer, &texts),
            Err(error) => unanswered(error),
        });
    }
    report.say(match dns.texts(&format!("_dmarc.{domain}")).await {
        Ok(texts) => records::dmarc(domain, &texts),
        Err(error) => unanswered(error),
    });
    if !config.signers.iter().any(|signer| signer.domain() == domain) {
        report.say(Finding::fix(format!(
            "DKIM: mail from {domain} is not signed by us. Add [[dkim]] to the configuration, unless the mail server signs it"
        )));
    }
}

async fn sign_in(mailbox: &Mailbox) -> Finding {
    let name = &mailbox.imap.name;
    match Imap::open(&mailbox.imap).await {
        Ok(imap) => {
            imap.close().await;
            Finding::good(format!("mailbox {name}: signed in, and the folder is open"))
        }
        Err(error) => Finding::fix(format!("mailbox {name}: {error}")),
    }
}

/// Where replies and reports of mail that could not be delivered come back.
fn way_back(report: &mut Report, config: &Config, from: &str) {
    report.say(if config.mailboxes.is_empty() && config.lmtp_listen.is_none() {
        Finding::fix(format!(
            "nothing comes in: replies and bounces go to {from}, and neither a [[mailbox]] nor lmtp_listen is configured. \
             (With `answerable mail deliver` in the mail server this is as it should be)"
        ))
    } else {
        Finding::good(format!("replies and bounces go to {from}; --send shows whether they arrive"))
    });
}

async fn way_out(report: &mut Report, config: &mut Config) -> anyhow::Result<Option<Smtp>> {
    let Some(url) = &config.smtp_url else {
        report.say(Finding::fix("nothing leaves: set smtp_url to your mail server"));
        return Ok(None);
    };
    let settings = SmtpConfig::new(url).trusting(config.smtp_ca_file.clone());
    let smtp = Smtp::new(&SmtpConfig { timeout: Duration::from_secs(30), ..settings })
        .context("smtp_url is not usable")?
        .signed_by(std::mem::take(&mut config.signers));
    match smtp.check().await {
        Ok(()) => {
            report
                .say(Finding::good("mail server: connected, and signed in if the URL has a name"));
            Ok(Some(smtp))
        }
        Err(why) => {
            report.say(Finding::fix(format!("mail server: {why}")));
            Ok(None)
        }
    }
}

/// Sends a message to our own address, with a part after a plus sign, and looks for it in the mailboxes.
async fn round_trip(
    report: &mut Report,
    config: &Config,
    from: &str,
    transport: Transport,
) -> anyhow::Result<()> {
    let token = format!("doctor-{}", &desk::token()[..12]);
    let address = mail::reply_address(from, &token).context("[company] from is no address")?;
    let domain = address.rsplit_once('@').map_or("localhost", |(_, domain)| domain).to_owned();
    let sent_at = Clock::System.now();
    let message = Outgoing {
        from: from.to_owned(),
        to: vec![address.clone()],
        subject: "Answerable looks whether its own mail comes back".to_owned(),
        text: "Nothing is to be done. This message is recognised and becomes no ticket.\n"
            .to_owned(),
        message_id: format!("{token}@{domain}"),
        automatic: true,
        // By this the desk knows its own mail.
        instance: keys::open(&config.key_file)?.instance,
        date_unix: sent_at.as_second(),
        ..Outgoing::default()
    };
    match transport.send(&message, &address).await {
        Outcome::Sent { .. } => {}
        Outcome::Later { reason }
        | Outcome::Unreachable { reason }
        | Outcome::Unwanted { reason }
        | Outcome::NobodyThere { reason }
        | Outcome::Failed { reason } => {
            report.say(Finding::fix(format!("plus addresses: {address} was refused: {reason}")));
            return Ok(());
        }
    }
    if config.mailboxes.is_empty() {
        report.say(Finding::skipped(format!(
            "plus addresses: a message to {address} was sent; look whether it came in"
        )));
        return Ok(());
    }
    match wait_for(config, &token, &address).await {
        None => report.say(Finding::fix(format!(
            "plus addresses: a message to {address} was taken and did not come in within {} minutes. The mailbox must \
             accept addresses with a plus sign, for by them replies find their ticket",
            ROUND_TRIP.as_secs() / 60
        ))),
        Some((name, at)) => {
            let text = format!("plus addresses: a message to {address} came into mailbox {name}");
            report.say(Finding::good(text));
            report.say(skew(at.map(|at| at.as_second() - sent_at.as_second())));
        }
    }
    Ok(())
}

/// How far the mail server's clock is from ours, where the message was some seconds under way.
fn skew(seconds: Option<i64>) -> Finding {
    match seconds {
        None => Finding::skipped("clock: the mailbox does not say when messages came"),
        Some(seconds) if seconds < -SKEW || seconds > SKEW + ROUND_TRIP.as_secs().cast_signed() => {
            Finding::fix(format!(
                "clock: the mail server's clock and ours are {} s apart. Promises are dates and times: let both machines \
                 follow a time server",
                seconds.abs()
            ))
        }
        Some(_) => Finding::good("clock: the mail server's clock and ours agree"),
    }
}

async fn wait_for(
    config: &Config,
    token: &str,
    address: &str,
) -> Option<(String, Option<jiff::Timestamp>)> {
    let since = Instant::now();
    while since.elapsed() < ROUND_TRIP {
        for mailbox in &config.mailboxes {
            if let Some(at) = look(mailbox, token, address).await {
                return Some((mailbox.imap.name.clone(), at));
            }
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    None
}

/// Looks for a message in a mailbox, among the newest.
async fn look(mailbox: &Mailbox, token: &str, address: &str) -> Option<Option<jiff::Timestamp>> {
    const NEWEST: usize = 20;
    let mut imap = Imap::open(&mailbox.imap).await.ok()?;
    let uids = imap.uids(1).await.ok()?;
    let newest = &uids[uids.len().saturating_sub(NEWEST)..];
    let found = if newest.is_empty() { Vec::new() } else { imap.fetch(newest).await.ok()? };
    imap.close().await;
    let message = found.iter().find(|one| {
        let message = mail::parse(&one.raw);
        message.message_id.is_some_and(|id| id.starts_with(token))
            && message.recipients.iter().any(|to| to.email.eq_ignore_ascii_case(address))
    });
    message.map(|one| one.received_at)
}
