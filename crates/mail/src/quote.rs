//! Where an answer ends and the quoted rest begins.
//!
//! Mail programs put the conversation so far below (or above) what was written now. Three signs
//! count: a line that introduces a quote ("On … wrote:", in several languages), the separators
//! and header blocks of Outlook, and lines that begin with `>`. Nothing is dropped: the quoted
//! part is returned beside the answer, and when somebody answers between the lines, or quotes
//! only, all of it is the answer.

/// The answer, and the quoted rest if there is one.
pub(crate) fn split(text: &str) -> (String, Option<String>) {
    let lines: Vec<&str> = text.lines().collect();
    let Some((start, sign)) = (0..lines.len()).find_map(|at| Some((at, sign(&lines[at..])?)))
    else {
        return (text.to_owned(), None);
    };
    let (reply, quoted) = match sign {
        Sign::RestIsQuoted => lines.split_at(with_rule_above(&lines, start)),
        Sign::Marked { intro } => {
            let end = end_of_marked(&lines, start + intro);
            match (is_blank(&lines[..start]), end == lines.len()) {
                (_, true) => lines.split_at(start),
                (true, false) if !has_sign(&lines[end..]) => (&lines[end..], &lines[..end]),
                _ => return (text.to_owned(), None),
            }
        }
    };
    if is_blank(reply) {
        return (text.to_owned(), None);
    }
    (joined(reply), Some(joined(quoted)))
}

/// An answer without the signature below it, and the signature: what follows the line `-- `, if it is short enough to be
/// one. Without words above it, it is all there is.
pub(crate) fn without_signature(text: String) -> (String, Option<String>) {
    const MAX_LINES: usize = 12;
    let lines: Vec<&str> = text.lines().collect();
    let Some(at) = lines.iter().rposition(|line| matches!(*line, "-- " | "--")) else {
        return (text, None);
    };
    let (reply, signature) = lines.split_at(at);
    let signature = &signature[1..];
    if signature.len() > MAX_LINES || is_blank(reply) || is_blank(signature) {
        return (text, None);
    }
    (joined(reply), Some(joined(signature)))
}

enum Sign {
    /// From here to the end.
    RestIsQuoted,
    /// Lines with `>`, after so many lines of introduction.
    Marked { intro: usize },
}

fn sign(lines: &[&str]) -> Option<Sign> {
    if is_marked(lines[0]) {
        return Some(Sign::Marked { intro: 0 });
    }
    if is_separator(lines[0]) || is_header_block(lines) {
        return Some(Sign::RestIsQuoted);
    }
    let intro = introduction(lines)?;
    let next = lines[intro..].iter().find(|line| !line.trim().is_empty())?;
    if is_marked(next) {
        return Some(Sign::Marked { intro });
    }
    // Without marks a sentence like "On Monday Bo wrote:" must not hide what follows.
    let head = lines[..intro].join(" ");
    (head.contains('@') || has_time(&head)).then_some(Sign::RestIsQuoted)
}

fn has_sign(lines: &[&str]) -> bool {
    (0..lines.len()).any(|at| sign(&lines[at..]).is_some())
}

fn is_marked(line: &str) -> bool {
    line.starts_with('>')
}

fn is_blank(lines: &[&str]) -> bool {
    lines.iter().all(|line| line.trim().is_empty())
}

fn joined(lines: &[&str]) -> String {
    lines.join("\n").trim_matches('\n').trim_end().to_owned()
}

fn end_of_marked(lines: &[&str], from: usize) -> usize {
    let after = |line: &&str| !is_marked(line) && !line.trim().is_empty();
    lines[from..].iter().position(after).map_or(lines.len(), |count| from + count)
}

/// Outlook draws a rule of underscores above its header block.
fn with_rule_above(lines: &[&str], start: usize) -> usize {
    let above = lines[..start].iter().rposition(|line| !line.trim().is_empty());
    match above {
        Some(at) if lines[at].len() >= 10 && lines[at].trim().bytes().all(|b| b == b'_') => at,
        _ => start,
    }
}

/// "On … wrote:" over one to three lines; says over how many.
fn introduction(lines: &[&str]) -> Option<usize> {
    const MAX_BYTES: usize = 400;
    const VERBS: [&str; 15] = [
        "wrote",
        "schrieb",
        "écrit",
        "escribió",
        "scritto",
        "schreef",
        "napisał",
        "pisze",
        "escreveu",
        "skrev",
        "kirjoitti",
        "написал",
        "写道",
        "寫道",
        "書きました",
    ];
    const STARTS: [&str; 12] = [
        "On ",
        "Am ",
        "Le ",
        "El ",
        "Il ",
        "Op ",
        "Em ",
        "Den ",
        "W dniu ",
        "Dnia ",
        "Il giorno ",
        "El mié",
    ];
    let mut head = String::new();
    for (at, line) in lines.iter().take(3).enumerate() {
        let line = line.trim();
        if line.is_empty() || is_marked(line) || head.len() + line.len() > MAX_BYTES {
            return None;
        }
        head.push_str(line);
        if head.ends_with([':', '：']) {
            let says_who = VERBS.iter().any(|verb| head.contains(verb))
                || head.contains('年') && head.ends_with(">:");
            let says_when = head.contains('@') || head.bytes().any(|b| b.is_ascii_digit());
            return (says_who && says_when).then_some(at + 1);
        }
        let starts = STARTS.iter().any(|start| head.starts_with(start))
            || head.starts_with(|c: char| c.is_ascii_digit());
        if !starts {
            return None;
        }
        head.push(' ');
    }
    None
}

/// "-----Original Message-----" in the languages Outlook speaks.
fn is_separator(line: &str) -> bool {
    const WORDS: [&str; 12] = [
        "original message",
        "ursprüngliche nachricht",
        "originalnachricht",
        "message d'origine",
        "message d’origine",
        "mensaje original",
        "messaggio originale",
        "oorspronkelijk bericht",
        "mensagem original",
        "wiadomość oryginalna",
        "原始邮件",
        "元のメッセージ",
    ];
    let line = line.trim();
    line.len() < 100
        && line.starts_with("--")
        && WORDS.contains(&line.trim_matches(['-', ' ']).to_lowercase().as_str())
}

/// Outlook's From, Sent, To, Subject, in several languages and with or without bold marks.
fn is_header_block(lines: &[&str]) -> bool {
    const FROM: [&str; 9] = ["from", "von", "de", "da", "van", "od", "från", "发件人", "差出人"];
    const SENT: [&str; 15] = [
        "sent",
        "date",
        "gesendet",
        "datum",
        "envoyé",
        "enviado",
        "enviado el",
        "fecha",
        "inviato",
        "data",
        "verzonden",
        "wysłano",
        "skickat",
        "发送时间",
        "送信日時",
    ];
    const SUBJECT: [&str; 10] = [
        "subject",
        "betreff",
        "objet",
        "asunto",
        "oggetto",
        "onderwerp",
        "assunto",
        "temat",
        "主题",
        "件名",
    ];
    let label = |line: &str| {
        let (label, _) = line.split_once([':', '：'])?;
        (label.len() < 30).then(|| label.trim_matches(['*', ' ', '\u{a0}']).to_lowercase())
    };
    let among = |names: &[&str], line: &str| label(line).is_some_and(|l| names.contains(&&*l));
    let following = lines.iter().skip(1).filter(|line| !line.trim().is_empty()).take(5);
    among(&FROM, lines[0])
        && following.clone().any(|line| among(&SENT, line))
        && following.clone().any(|line| among(&SUBJECT, line))
}

/// A time of day such as 8:05 or 08:05.
fn has_time(text: &str) -> bool {
    text.as_bytes().windows(4).any(|window| {
        window[0].is_ascii_digit()
            && window[1] == b':'
            && window[2].is_ascii_digit()
            && window[3].is_ascii_digit()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, reply: &str, quoted: Option<&str>) {
        let (got, rest) = split(text);

        assert_eq!((got.as_str(), rest.as_deref()), (reply, quoted));
    }

    /// CH-03
    #[test]
    fn an_introduced_quote_is_folded_in_many_languages() {
        for intro in [
            "On Fri, 5 Jun 2026 at 08:00, Acme support <support@acme.test> wrote:",
            "On Fri, 5 Jun 2026 at 08:00, Acme support\n<support@acme.test> wrote:",
            "Am 05.06.2026 um 08:00 schrieb Acme support:",
            "Le ven. 5 juin 2026 à 08:00, Acme <support@acme.test> a écrit :",
            "El vie, 5 jun 2026 a las 8:00, Acme (<support@acme.test>) escribió:",
            "Acme <support@acme.test> 于2026年6月5日周五 08:00写道：",
            "2026年6月5日(金) 8:00 Acme support <support@acme.test>:",
            "Op vr 5 jun 2026 om 08:00 schreef Acme <support@acme.test>:",
        ] {
            check(
                &format!("Yes!\n\n{intro}\n> Is it?\n>\n> Bo"),
                "Yes!",
                Some(&format!("{intro}\n> Is it?\n>\n> Bo")),
            );
            check(
                &format!("Yes!\n\n{intro}\n\nIs it?"),
                "Yes!",
                Some(&format!("{intro}\n\nIs it?")),
            );
        }
    }

    /// CH-03
    #[test]
    fn the_blocks_of_outlook_are_folded() {
        let english =
            "From: Acme <support@acme.test>\nSent: Friday\nTo: Dana\nSubject: Flags\n\nIs it?";
        let german = "*Von:* Acme\n*Gesendet:* Freitag\n*An:* Dana\n*Betreff:* Flags\n\nIst es so?";
        let rule = "________________________________";

        check(&format!("Yes.\n\n{english}"), "Yes.", Some(english));
        check(&format!("Ja.\n\n{german}"), "Ja.", Some(german));
        check(&format!("Yes.\n\n{rule}\n{english}"), "Yes.", Some(&format!("{rule}\n{english}")));
        check(
            "Yes.\n-----Original Message-----\nIs it?",
            "Yes.",
            Some("-----Original Message-----\nIs it?"),
        );
    }

    #[test]
    fn an_answer_below_the_quote_is_the_answer() {
        check("On 5 Jun Bo wrote:\n> Is it?\n\nYes.", "Yes.", Some("On 5 Jun Bo wrote:\n> Is it?"));
    }

    /// CH-03
    #[test]
    fn answers_between_the_lines_are_all_kept() {
        let inline = "Hi,\n> one?\nyes\n> two?\nno";
        check(inline, inline, None);
        let only_quote = "On 5 Jun Bo wrote:\n> Is it?";
        check(only_quote, only_quote, None);
    }

    /// CH-03
    #[test]
    fn a_signature_is_set_apart_and_never_the_whole_answer() {
        let split = |text: &str| without_signature(text.to_owned());

        assert_eq!(
            split("Yes.\n\n-- \nDana\nFernlight"),
            ("Yes.".to_owned(), Some("Dana\nFernlight".to_owned()))
        );
        assert_eq!(split("-- \nDana"), ("-- \nDana".to_owned(), None));
        assert_eq!(split("Yes.\n-- "), ("Yes.\n-- ".to_owned(), None));
        let list = format!("Columns:\n--\n{}", "row\n".repeat(30));
        assert_eq!(split(&list), (list.clone(), None));
    }

    #[test]
    fn a_sentence_is_not_an_introduction() {
        let text = "On 5 June Bo wrote:\n\nyou get it back. But I did not.";
        check(text, text, None);
        check("No quote here.\nFrom: me\nto you", "No quote here.\nFrom: me\nto you", None);
    }
}
