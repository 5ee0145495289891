//! The command line. Every flag has an environment variable `ANSWERABLE_…`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Customer support done by engineers, run from a written handbook.
#[derive(Parser)]
#[command(name = "answerable", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Try it: nothing leaves the machine, the clock can be moved, and every outgoing message can be read.
    Demo(DemoOptions),
    /// Run the desk.
    Serve(ServeOptions),
    /// People who answer.
    #[command(subcommand)]
    Agent(AgentCommand),
    /// Tokens for the HTTP API.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Who customers are, as your app signs it.
    #[command(subcommand)]
    Identity(IdentityCommand),
    /// The policy file.
    #[command(subcommand)]
    Handbook(HandbookCommand),
    /// Mail that is handed in.
    #[command(subcommand)]
    Mail(MailCommand),
    /// Let things leave again after a copy or a restored backup began mute.
    Unmute(UnmuteOptions),
    /// Check the configuration, the database and the handbook, and say what is wrong.
    #[command(args_conflicts_with_subcommands = true)]
    Doctor(DoctorOptions),
}

#[derive(Args)]
pub(crate) struct DoctorOptions {
    #[command(subcommand)]
    pub(crate) part: Option<DoctorPart>,
    #[command(flatten)]
    pub(crate) store: StoreOptions,
}

#[derive(Subcommand)]
pub(crate) enum DoctorPart {
    /// Check how mail comes in and goes out: DNS records, mailboxes, the mail server, the clock.
    Mail {
        #[command(flatten)]
        options: ServeOptions,
        /// Send a message to our own address and wait for it to come back.
        #[arg(long)]
        send: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum MailCommand {
    /// Take in one message from standard input. Ends as mail servers expect: 0 kept, 65 no message, 75 try again later.
    Deliver(DeliverOptions),
}

#[derive(Args)]
pub(crate) struct DeliverOptions {
    /// The envelope's sender.
    #[arg(long, short = 'f', default_value = "")]
    pub(crate) from: String,
    /// The address of the mail server that sent it, as your own mail server knows it (Postfix: `${client_address}`).
    #[arg(long, default_value = "")]
    pub(crate) client_address: String,
    /// The name with which that one greeted (Postfix: `${client_helo}`).
    #[arg(long, default_value = "")]
    pub(crate) client_helo: String,
    /// The envelope's recipients.
    pub(crate) recipients: Vec<String>,
    /// Where the running desk takes mail (its `--lmtp-listen`); without one the database is opened directly.
    #[arg(long, env = "ANSWERABLE_LMTP_LISTEN")]
    pub(crate) lmtp: Option<SocketAddr>,
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// TOML file with the desk's configuration; flags and environment win.
    #[arg(long, env = "ANSWERABLE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct UnmuteOptions {
    /// Send also what waited when the silence began; it may have left before the copy was made.
    #[arg(long)]
    pub(crate) send_held: bool,
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// TOML file with the desk's configuration; flags and environment win.
    #[arg(long, env = "ANSWERABLE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

/// Where the data is.
#[derive(Args, Clone)]
pub(crate) struct StoreOptions {
    /// `sqlite://answerable.db`, or a PostgreSQL URL.
    #[arg(long, env = "ANSWERABLE_DATABASE_URL", default_value = "sqlite://answerable.db")]
    pub(crate) database_url: String,
    /// File with the installation's key; made at the first start. It belongs into the backup, but not into the dump.
    #[arg(long, env = "ANSWERABLE_KEY_FILE", default_value = "answerable.key")]
    pub(crate) key_file: PathBuf,
}

#[derive(Args)]
pub(crate) struct DemoOptions {
    /// Begin without organizations, end users and tickets.
    #[arg(long, env = "ANSWERABLE_EMPTY")]
    pub(crate) empty: bool,
    /// Address to listen on; loopback only.
    #[arg(long, env = "ANSWERABLE_LISTEN", default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,
    /// The handbook; the shipped sample if none is given.
    #[arg(long, env = "ANSWERABLE_HANDBOOK")]
    pub(crate) handbook: Option<PathBuf>,
    /// Let the clock stand still at this instant (RFC 3339) until it is moved.
    #[arg(long, env = "ANSWERABLE_NOW")]
    pub(crate) now: Option<jiff::Timestamp>,
    /// Let the clock run on from there.
    #[arg(long, requires = "now")]
    pub(crate) running: bool,
    /// A database to use; a fresh temporary one if none is given.
    #[arg(long, env = "ANSWERABLE_DATABASE_URL")]
    pub(crate) database_url: Option<String>,
    /// File to write the admin's credentials to, as JSON, once the demo is ready.
    #[arg(long, env = "ANSWERABLE_CREDENTIALS_FILE")]
    pub(crate) credentials_file: Option<PathBuf>,
}

#[derive(Args, Clone)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// Address to listen on; put a TLS proxy in front.
    #[arg(long, env = "ANSWERABLE_LISTEN", default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,
    /// The handbook; it is put in force unless it was in force before.
    #[arg(long, env = "ANSWERABLE_HANDBOOK")]
    pub(crate) handbook: Option<PathBuf>,
    /// Where customers reach the pages; links in mails begin with it.
    #[arg(long, env = "ANSWERABLE_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// Mail server for outgoing mail: `smtps://user:password@host:465` or `smtp://host:587?tls=required`.
    #[arg(long, env = "ANSWERABLE_SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// Address at which a mail server of your own hands in mail, by LMTP or SMTP; loopback or a network of your own.
    #[arg(long, env = "ANSWERABLE_LMTP_LISTEN")]
    pub(crate) lmtp_listen: Option<SocketAddr>,
    /// Addresses and networks of mail servers of your own that say whose mail they hand in (XFORWARD), so that SPF can be
    /// looked at.
    #[arg(long, env = "ANSWERABLE_LMTP_RELAYS", value_delimiter = ',')]
    pub(crate) lmtp_relays: Vec<String>,
    /// Folder for attachments and long mails, part of the backup; beside an SQLite file if none is given, and shared by all
    /// nodes on PostgreSQL.
    #[arg(long, env = "ANSWERABLE_FILES")]
    pub(crate) files: Option<PathBuf>,
    /// The mail server that takes our mail in, as it calls itself in Authentication-Results; then its word about senders
    /// counts, and no name server is asked.
    #[arg(long, env = "ANSWERABLE_TRUSTED_SERVER")]
    pub(crate) trusted_server: Option<String>,
    /// Domains of forwarders and mailing lists whose sealed word (ARC) about senders counts.
    #[arg(long, env = "ANSWERABLE_TRUSTED_FORWARDERS", value_delimiter = ',')]
    pub(crate) trusted_forwarders: Vec<String>,
    /// TOML file with any of the above, mailboxes and DKIM keys; flags and environment win.
    #[arg(long, env = "ANSWERABLE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    Admin,
    Agent,
    Light,
}

#[derive(Subcommand)]
pub(crate) enum AgentCommand {
    /// Make an agent known and print a one-time sign-in link.
    Create {
        /// Mail address.
        #[arg(long)]
        email: String,
        /// Name.
        #[arg(long)]
        name: String,
        /// What they may do.
        #[arg(long, value_enum, default_value = "agent")]
        role: RoleName,
        /// Where the pages are; the link begins with it.
        #[arg(long, env = "ANSWERABLE_PUBLIC_URL", default_value = "http://127.0.0.1:3000")]
        public_url: String,
        #[command(flatten)]
        store: StoreOptions,
    },
}

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Make an API token and print it this once.
    Create {
        /// Whose; an agent or admin.
        #[arg(long)]
        email: String,
        #[command(flatten)]
        store: StoreOptions,
    },
}

#[derive(Subcommand)]
pub(crate) enum IdentityCommand {
    /// The keys your app signs with.
    #[command(subcommand)]
    Key(KeyCommand),
}

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key: its id, and a secret that is printed this once. Older keys stay good until they are revoked.
    Create {
        /// Instead of a secret, the public key of your app (Ed25519): a file as `openssl pkey -pubout` writes it.
        #[arg(long)]
        public_key: Option<PathBuf>,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// All keys, the oldest first.
    List {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Revoke a key: nothing it signed counts any more.
    Revoke {
        /// The id of the key.
        id: String,
        #[command(flatten)]
        store: StoreOptions,
    },
}

#[derive(Subcommand)]
pub(crate) enum HandbookCommand {
    /// Read a handbook and say what is wrong with it, line by line.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Put a handbook in force.
    Activate {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Say what a handbook decides for some facts, and why.
    Explain {
        /// The file.
        file: PathBuf,
        /// JSON with `organization`, `ticket` and `requester`.
        #[arg(long)]
        facts: PathBuf,
        /// Asked at this instant (RFC 3339): also the deadlines, each with the way through the calendar.
        #[arg(long)]
        at: Option<jiff::Timestamp>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say what a handbook would have decided otherwise over the recorded history. Sends nothing, changes nothing.
    Replay {
        /// The file.
        #[arg(required_unless_present = "recorded")]
        file: Option<PathBuf>,
        /// Only tickets opened since: `2026-05-11`, a day in the company's zone, or an instant in RFC 3339.
        #[arg(long, value_parser = since)]
        since: Option<Since>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Instead of trying a file: prove that every recorded decision follows from the handbook that was live.
        #[arg(long, conflicts_with_all = ["file", "json"])]
        recorded: bool,
        #[command(flatten)]
        store: StoreOptions,
    },
}

/// How far back something goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Since {
    /// To the beginning of a day in the company's zone.
    Day(jiff::civil::Date),
    /// To an instant.
    Instant(jiff::Timestamp),
}

fn since(text: &str) -> Result<Since, String> {
    if let Ok(at) = text.parse() {
        return Ok(Since::Instant(at));
    }
    text.parse().map(Since::Day).map_err(|_| {
        "expected a day such as 2026-05-11 or an instant such as 2026-05-11T09:00:00Z".to_owned()
    })
}
