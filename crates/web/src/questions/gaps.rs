//! `/docs-gaps`: pages that did not help as they are now, with what readers missed. A gap closes when its page changes, or
//! when somebody marks it as mended, until a reader runs into it again. (CH-06, COM-03)

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use desk::questions::{self, Gap};
use desk::{Ctx, Error, Tx};
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::time::past;
use crate::problem::Answer;
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes};

pub(super) async fn list(visitor: Visitor) -> Answer {
    let read = |tx: &mut Tx<'_>, ctx: &Ctx| {
        Ok::<_, Error>((questions::gaps(tx, ctx)?, questions::mended(tx, ctx)?))
    };
    let (gaps, mended) = visitor.desk.read(visitor.ctx.clone(), read).await?;
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
            @if !mended.is_empty() {
                section aria-labelledby="mended" {
                    h2 #mended { (words.say(Text::DocsGapsMended)) }
                    ul.plain { @for gap in &mended {
                        li.line {
                            a href=(routes::question(gap.question.id.0)) lang=(gap.question.locale.tag()) dir="auto" { (gap.question.title) }
                            (mending(&reader, gap, "reopening", Text::DocsGapReopen))
                        }
                    } }
                }
            }
        }
    };
    let frame = frame::Frame { title, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

/// The button that marks a gap as mended, or opens it again.
fn mending(reader: &Reader, gap: &Gap, part: &str, text: Text) -> Markup {
    let to = routes::question_part(gap.question.id.0, part);
    button::action(reader, &to, Button::plain(reader.words.say(text)))
}

pub(super) async fn mend(visitor: Visitor, Path(id): Path<String>) -> Answer {
    set(&visitor, &id, true).await
}

pub(super) async fn reopen(visitor: Visitor, Path(id): Path<String>) -> Answer {
    set(&visitor, &id, false).await
}

async fn set(visitor: &Visitor, id: &str, mended: bool) -> Answer {
    let id = super::number(id)?;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| questions::mend(tx, ctx, id, mended);
    visitor.desk.write(visitor.ctx.clone(), write).await?;
    Ok(Redirect::to(routes::DOCS_GAPS).into_response())
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
            (mending(reader, gap, "mending", Text::DocsGapMend))
            @for one in &gap.remarks {
                div.prose { blockquote dir="auto" { p { (one.words) } p.small { (past(reader, one.created_at)) } } }
            }
        }
    }
}
