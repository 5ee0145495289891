//! What each number means: which clock, which hours, what is left out.

use desk::reports::Name;
use maud::{Markup, html};

use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// The definitions of a report's numbers.
pub(super) fn definitions(visitor: &Visitor, words: Words, name: Name) -> Markup {
    let place = domain::words::place(visitor.ctx.handbook.company_calendar().zone_name());
    let own: &[Text] = match name {
        Name::Volume => &[Text::ReportDefineAsked],
        Name::Backlog => &[Text::ReportDefineBacklog],
        Name::FirstReply => {
            &[Text::ReportDefineReply, Text::ReportDefineFirst, Text::ReportDefineTimes]
        }
        Name::NextReply => {
            &[Text::ReportDefineReply, Text::ReportDefineNext, Text::ReportDefineTimes]
        }
        Name::EscalatedReply => {
            &[Text::ReportDefineReply, Text::ReportDefineEscalated, Text::ReportDefineTimes]
        }
        Name::Escalations => &[Text::ReportDefineEscalations],
        Name::Reopened => &[Text::ReportDefineReopened],
        Name::OnHold => &[Text::ReportDefineHeld],
        Name::Satisfaction => &[Text::ReportDefineSatisfaction],
    };
    let is_about_replies =
        matches!(name, Name::FirstReply | Name::NextReply | Name::EscalatedReply);
    html! {
        section.definitions aria-labelledby="definitions" {
            h2 #definitions { (words.say(Text::ReportWhatCounts)) }
            @for text in own { p { (words.say(*text)) } }
            @if is_about_replies { p { (words.say(Text::ReportLowExcluded)) } }
            h2 { (words.say(Text::ReportWhatHours)) }
            p { (words.fill(Text::ReportDefineWeeks, &[("place", &place)])) }
            p { (words.say(Text::ReportDefineAside)) }
        }
    }
}
