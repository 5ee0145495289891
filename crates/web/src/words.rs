//! Every text a page shows, in one place, in every language we speak.
//!
//! A text is a whole sentence with placeholders in braces, never glued from parts; a plural is two forms with a bar
//! between them. The match in [`english`] has no default arm: a text without words does not compile.

use std::fmt::Display;

/// A language the pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, 24-hour clock, day before month.
    #[default]
    English,
}

/// The words of one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The language spoken.
    pub language: Language,
}

impl Words {
    /// The tag of the language, for `lang`.
    pub fn tag(self) -> &'static str {
        match self.language {
            Language::English => "en",
        }
    }

    /// A text as it is.
    pub fn say(self, text: Text) -> &'static str {
        match self.language {
            Language::English => english(text),
        }
    }

    /// A text with its placeholders filled.
    pub fn fill(self, text: Text, values: &[(&str, &dyn Display)]) -> String {
        filled(self.say(text), values)
    }

    /// A text in the singular or plural of `n`, which also fills `{n}`.
    pub fn count(self, text: Text, n: i64) -> String {
        let (one, many) =
            self.say(text).split_once('|').unwrap_or((self.say(text), self.say(text)));
        filled(if n == 1 { one } else { many }, &[("n", &number(n))])
    }

    /// The short name of a weekday, Monday being 1.
    pub fn weekday(self, day: i8) -> &'static str {
        name_of(self.say(Text::Weekdays), day)
    }

    /// The short name of a month, January being 1.
    pub fn month(self, month: i8) -> &'static str {
        name_of(self.say(Text::Months), month)
    }
}

/// A whole number with separators every three digits.
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if n < 0 { format!("-{grouped}") } else { grouped }
}

fn filled(sentence: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            text.push_str(&value.to_string());
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

fn name_of(names: &'static str, position: i8) -> &'static str {
    usize::try_from(position - 1).ok().and_then(|index| names.split(' ').nth(index)).unwrap_or("")
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $english:literal),+ $(,)?) => {
        /// The key of a text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Text { $(#[doc = concat!("“", $english, "”")] $name),+ }

        impl Text {
            /// All of them.
            pub const ALL: &[Text] = &[$(Text::$name),+];
        }

        fn english(text: Text) -> &'static str {
            match text { $(Text::$name => $english),+ }
        }
    };
}

texts! {
    // The frame.
    SkipToContent = "Skip to content",
    Menu = "Menu",
    Views = "Views",
    TeamViews = "Team views",
    Pages = "Pages",
    Search = "Search",
    SearchOrCommand = "Search or type a command",
    YourMenu = "Your menu, {name}",
    Settings = "Settings",
    SignOut = "Sign out",
    AllKeys = "All keys",
    Notices = "Notices",
    SupportHours = "Support hours",
    Close = "Close",
    Cancel = "Cancel",
    Undo = "Undo",
    Tickets = "{n} ticket|{n} tickets",
    Title = "{page} · {name}",
    AboutThis = "About this ticket",

    // Status and priority.
    StatusNew = "New",
    StatusOpen = "Open",
    StatusPending = "Pending",
    StatusHold = "On hold",
    StatusSolved = "Solved",
    StatusClosed = "Closed",
    CustomerOpen = "We are on it",
    CustomerPending = "Waiting for you",
    CustomerHold = "On hold",
    CustomerSolved = "Solved, reply to reopen",
    PriorityUrgent = "Urgent",
    PriorityHigh = "High",
    PriorityNormal = "Normal",
    PriorityLow = "Low",
    Status = "Status:",
    Priority = "Priority:",

    // Promises.
    Left = "{span} left",
    Over = "{span} over",
    Due = "due {when}",
    Solves = "Solves {when}",
    Wakes = "Wakes {when}",
    NoPromise = "No promise",
    FirstReplyDue = "First reply due {when}",
    NextReplyDue = "Next reply due {when}",
    EscalatedDue = "Answer to the escalation due {when}",
    NotCounting = "The clock is not counting now",
    DaysHours = "{d} d {h} h",
    HoursMinutes = "{h} h {m} m",
    Minutes = "{m} m",
    UnderMinute = "under 1 m",
    At = "at {time}",

    // Dates.
    Weekdays = "Mon Tue Wed Thu Fri Sat Sun",
    Months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    DayAndTime = "{weekday} {day} {month}, {time}",
    DayYearAndTime = "{weekday} {day} {month} {year}, {time}",
    Day = "{weekday} {day} {month}",
    DayYear = "{weekday} {day} {month} {year}",
    ShortDay = "{day} {month}",
    ShortDayYear = "{day} {month} {year}",
    WeekdayAndTime = "{weekday} {time}",
    JustNow = "just now",
    MinutesAgo = "{n} min ago",
    HoursAgo = "{n} h ago",
    YourTime = "{when} your time ({zone})",
    PlaceTime = "{when} {place} time ({zone})",
    Exact = "{when} {zone}",

    // Lists.
    Filters = "Filters",
    Filter = "Filter",
    FilterThisList = "Filter this list",
    Query = "Query",
    SaveView = "Save view",
    SelectTicket = "Select #{id}",
    New = "new",
    Viewing = "{name} is viewing",
    WorkOrder = "Place in the work order:",
    Unassigned = "Nobody yet",
    Selected = "{n} selected:",
    SelectedHere = "Selected:",
    Range = "{first}–{last} of {all}",
    Newer = "Newer",
    Older = "Older",
    Show = "Show",
    Assign = "Assign",
    SetStatus = "Status",
    Tags = "Tags",
    Macro = "Macro",
    Clear = "Clear",
    KeysHere = "J K move · O open · X select · ? all keys",

    // The ticket.
    NextTicket = "Next ticket",
    PreviousTicket = "previous",
    FollowingTicket = "next",
    Solve = "Solve",
    More = "More",
    InternalNote = "Internal note",
    NoteBy = "by {name}",
    CannotSee = "{name} cannot see this",
    AutomaticMail = "Automatic mail",
    ByRule = "by rule: {rule}",
    ByPerson = "by {name}",
    Changes = "{n} change, {from} to {to}|{n} changes, {from} to {to}",
    NewSince = "New since you opened this",
    LeavesIn = "Leaves in {n} s",
    NotDelivered = "Not delivered: {why}",

    // Writing.
    Reply = "Reply",
    Note = "Note",
    ReplyTo = "Reply to {name}",
    SendTo = "Send to {name}",
    SendAndSolve = "Send and solve",
    AddNote = "Add note",
    YourReply = "Your reply to {name}",
    YourNote = "Your internal note",
    Formatting = "Formatting",
    Bold = "Bold",
    Link = "Link",
    Code = "Code",
    List = "List",
    Quote = "Quote",
    Attach = "Attach",
    Preview = "Preview",
    Then = "Then",
    ThenPending = "Pending",
    ThenOpen = "Open",
    ThenHold = "On hold…",
    ThenAnswered = "Solved: answered",
    ThenConfirmed = "Solved: confirmed",
    ThenIssue = "Solved: issue opened",
    ThenNoReply = "Solved: no reply needed",
    DraftKept = "Draft kept {at}",
    DraftKeptHere = "Draft kept",
    DraftRestored = "Your draft is back",
    Offline = "No connection since {time}. Keep writing; it is kept here.",

    // Fields.
    ErrorsHeading = "{n} thing to mend|{n} things to mend",
    Error = "Error:",
    Optional = "(optional)",

    // Facts and reasons.
    From = "from {source}, {age}",
    Stale = "stale",
    Unproved = "says {who}, not verified",
    Decided = "decided",
    NotTrue = "not true",
    Unknown = "unknown",
    CountsFor = "counts {span}",
    Skipped = "skipped",
    WalkDue = "due",
    WalkFrom = "From",
    WalkTo = "To",
    WalkCounts = "Counts",

    // The demo.
    DemoBar = "Demo",
    DemoName = "DEMO",
    DemoPromise = "nothing leaves this machine",
    ClockRunning = "running",
    ClockStill = "standing still",
    PlusHour = "+1 h",
    PlusDay = "+1 day",
    NextDue = "Next due {time}",
    SetClock = "Set clock…",
    Outbox = "Outbox {n}",
    SeeItAs = "See it as",
    Go = "Go",
    Tour = "Tour",
    TextAndHeaders = "Text and headers",

    // Keys.
    KeysOnThisPage = "On this page",
    SwitchLettersOff = "Turn single-key shortcuts off",
    SwitchLettersOn = "Turn single-key shortcuts on",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_unknown_ones_vanish() {
        assert_eq!(Words::default().fill(Text::Left, &[("span", &"48 m")]), "48 m left");
        assert_eq!(Words::default().fill(Text::Left, &[]), " left");
    }

    #[test]
    fn a_count_has_its_plural() {
        assert_eq!(Words::default().count(Text::Tickets, 1), "1 ticket");
        assert_eq!(Words::default().count(Text::Tickets, 1_200), "1,200 tickets");
    }

    #[test]
    fn braces_are_balanced_in_every_text() {
        for text in Text::ALL {
            let words = Words::default().say(*text);
            assert_eq!(words.matches('{').count(), words.matches('}').count(), "{text:?}");
        }
    }

    #[test]
    fn no_text_shouts() {
        for text in Text::ALL {
            assert!(!Words::default().say(*text).contains('!'), "{text:?}");
        }
    }
}
