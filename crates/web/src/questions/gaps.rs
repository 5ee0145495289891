//! `/docs-gaps`: pages that did not help as they are now, with what readers missed. A gap closes when its page changes.
//! (CH-06, COM-03)

use desk::questions::{self, Gap};
use maud::{Markup, html};

use crate::components::empty_state::empty_state;
use crate::components::time::past;
use crate::problem::Answer;
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes};

pub(super) async fn list(visitor: Visitor) -> Answer {
    let gaps = visitor.desk.read(visitor.ctx.clone(), questions::gaps).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let title = words.say(Text::DocsGaps);
    let tagged = format!("tags:{}", visitor.ctx.handbook.digest.docs_tag);
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (title) }
            p { (words.say(Text::DocsGapsWhat)) }
            p { a href=(routes::filtered(&routes::view("all"), &tagged)) { (words.fill(Text::DocsTagged, &[("tag", &visitor.ctx.handbook.digest.docs_tag)])) } }
            @if gaps.is_empty() { (empty_state(words.say(Text::DocsGapsNone), words.say(Text::DocsGapsNoneWhy), None)) }
            @else { ul.questions { @for gap in &gaps { (shown(&reader, gap)) } } }
        }
    };
    let frame = frame::Frame { title, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

fn shown(reader: &Reader, gap: &Gap) -> Markup {
    let words = reader.words;
    let question = &gap.question;
    let verdicts = &gap.verdicts;
    let all = verdicts.useful + verdicts.useless;
    html! {
        li {
            h2 { a href=(routes::question(question.id.0)) lang=(question.locale.tag()) dir="auto" { (question.title) } }
            p { (words.fill(Text::DocsGapSaid, &[("useless", &verdicts.useless), ("all", &all)])) " · "
                a href=(routes::question_part(question.id.0, "edit")) { (words.say(Text::EditQuestion)) } }
            @for one in &gap.remarks {
                div.prose { blockquote dir="auto" { p { (one.words) } p.small { (past(reader, one.created_at)) } } }
            }
        }
    }
}
