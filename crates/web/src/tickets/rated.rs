//! How the customer found the help, on the ticket's page: what they said, and what to do about it. (CS-08, CS-10)

use domain::{Event, Rating, Status, Unasked};
use maud::{Markup, html};

use super::Seen;
use crate::components::button::{self, Button};
use crate::components::notice::{Tone, message_box};
use crate::components::time;
use crate::words::{Language, Text, Words, survey};

/// The word for a rating.
fn label(rating: Rating) -> String {
    survey(Language::En).rating(rating).to_lowercase()
}

/// What happened with the survey, in a sentence.
pub(crate) fn sentence(words: Words, event: &Event) -> Option<String> {
    Some(match event {
        Event::SurveyIssued { .. } => words.say(Text::SaidAsked).to_owned(),
        Event::SurveySuppressed { reason } => {
            words.fill(Text::SaidUnasked, &[("why", &words.say(why(*reason)))])
        }
        Event::SurveyAnswered { rating, .. } => {
            words.fill(Text::SaidRated, &[("rating", rating), ("label", &label(*rating))])
        }
        _ => return None,
    })
}

fn why(reason: Unasked) -> Text {
    match reason {
        Unasked::NoReply => Text::UnaskedNoReply,
        Unasked::Merged => Text::UnaskedMerged,
        Unasked::Erased => Text::UnaskedErased,
        Unasked::NoAddress => Text::UnaskedNoAddress,
        Unasked::Undeliverable => Text::UnaskedUndeliverable,
        Unasked::Unsubscribed => Text::UnaskedUnsubscribed,
        Unasked::Cap => Text::UnaskedCap,
    }
}

/// What they said last, what they said before, and when; or that they were asked.
pub(crate) fn fact(seen: &Seen) -> Option<Markup> {
    let reader = &seen.reader;
    let words = reader.words;
    let survey = seen.whole.survey.as_ref()?;
    let Some((rating, at)) = survey.rating.zip(survey.answered_at) else {
        let when = crate::times::past(words, survey.issued_at?, &reader.zone, reader.now);
        return Some(html! { (words.fill(Text::NotRatedYet, &[("when", &when)])) });
    };
    let earlier: Vec<String> = earlier(seen).iter().map(Rating::to_string).collect();
    Some(html! {
        (words.fill(Text::RatedOf, &[("rating", &rating), ("label", &label(rating))])) " "
        span.source {
            (time::past(reader, at))
            @if !earlier.is_empty() {
                " · " (words.fill(Text::RatedBefore, &[("ratings", &earlier.join(", "))]))
            }
        }
        @if let Some(comment) = &survey.comment { p dir="auto" { "“" (comment) "”" } }
    })
}

/// What they had said before they thought better of it. (CS-07)
fn earlier(seen: &Seen) -> Vec<Rating> {
    let said = seen.whole.events.iter().filter_map(|envelope| match envelope.event {
        Event::SurveyAnswered { rating, .. } => Some(rating),
        _ => None,
    });
    let mut all: Vec<Rating> = said.collect();
    all.pop();
    all
}

/// A bad rating, or words with any, after which nobody has written yet: to them, or a note why not. It changes no status.
/// (CS-10)
pub(crate) fn suggestion(seen: &Seen) -> Markup {
    let words = seen.reader.words;
    let survey = seen.whole.survey.as_ref();
    let has_words = survey.is_some_and(|survey| survey.comment.is_some());
    let worth_it = |rating: &Rating| !rating.is_good() || has_words;
    let low = survey.and_then(|survey| survey.rating).filter(worth_it);
    let rated = |event: &Event| matches!(event, Event::SurveyAnswered { .. });
    let answer = |event: &Event| matches!(event, Event::Commented { ask: false, .. });
    let events = &seen.whole.events;
    let since = events.iter().rposition(|envelope| rated(&envelope.event));
    let answered = since.is_some_and(|since| events[since..].iter().any(|one| answer(&one.event)));
    let Some(rating) = low.filter(|_| !answered) else { return html! {} };
    let name = seen.requester();
    let heading = words
        .fill(Text::RatedLow, &[("name", &name), ("rating", &rating), ("label", &label(rating))]);
    let closed = seen.whole.stored.ticket.status == Status::Closed;
    message_box(
        "rated",
        Tone::Warn,
        &heading,
        &html! {
            @if let Some(comment) = survey.and_then(|survey| survey.comment.as_ref()) {
                p dir="auto" { "“" (comment) "”" }
            }
            p { (words.say(if closed { Text::RatedLowClosed } else { Text::RatedLowHint })) }
            @if !closed {
                @let label = words.fill(Text::RatedLowWrite, &[("name", &name)]);
                (button::link("#composer", Button::plain(&label)))
            }
        },
    )
}
