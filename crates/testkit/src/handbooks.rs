//! The handbook that tests run under.

/// The id of the field with the severity.
pub const SEVERITY: i64 = 360_001;
/// The id of the field with the area.
pub const AREA: i64 = 360_002;
/// The id of the field with the kind.
pub const KIND: i64 = 360_003;

/// A small company: a first line, a product team behind it, two that answer directly, one of them in New York.
pub const HANDBOOK: &str = r##"[company]
name = "Acme"
timezone = "Europe/London"
from = "Acme support <support@acme.test>"
triage = "support"

[hours]
days = ["mon", "tue", "wed", "thu", "fri"]

[[priority]]
name = "high"
first_reply = "12h"
escalated = "2 business days"
any = [
  { when = "organization.mrr >= 2000.0", because = "high-paying customer" },
  { when = "organization.trial", because = "in trial" },
  { when = "'teams' in organization.addons", because = "has the teams add-on" },
  { when = "ticket.severity == 'critical'", because = "critical severity" },
]

[[priority]]
name = "normal"
first_reply = "24h"
escalated = "4 business days"
any = [
  { when = "organization.plan == 'ridiculously-cheap'", because = "on the Ridiculously cheap plan" },
  { when = "organization.plan in ['startups', 'yc']", because = "on a startup programme" },
  { when = "ticket.area == 'billing'", because = "billing issue" },
  { when = "ticket.severity == 'high'", because = "high severity" },
]

[[priority]]
name = "low"

[replies]
next = 2.0
warn_before = ["3h", "1h"]

[lifecycle]
pending_reminder = "5d"
pending_solves_after = "7d"
hold = { at_least = "7d", at_most = "30d" }
closes_after = "20d"

[[team]]
slug = "support"
name = "Support"
members = ["ada@acme.test", "dee@acme.test"]
slack = "#team-support"

[[team]]
slug = "replay"
name = "Session replay"
members = ["bo@acme.test", "cy@acme.test"]
slack = "#support-replay"

[[team]]
slug = "flags"
name = "Feature flags"
members = ["flo@acme.test"]
slack = "#support-flags"
timezone = "America/New_York"

[[team]]
slug = "billing"
name = "Billing"
members = ["ray@acme.test"]
slack = "#support-billing"

[[area]]
slug = "session_replay"
name = "Session replay"
team = "replay"
first_level = "support"

[[area]]
slug = "feature_flags"
name = "Feature flags"
team = "flags"

[[area]]
slug = "billing"
name = "Billing"
team = "billing"

[[person]]
email = "ada@acme.test"
name = "Ada"

[fields]
severity = 360001
area = 360002
kind = 360003
"##;
