//! What the records of a domain say about its mail, in words.

use channels::dkim::Signer;

use super::Finding;

/// Who may send for the domain. (RFC 7208)
pub(super) fn spf(domain: &str, texts: &[String]) -> Finding {
    let found: Vec<&String> =
        texts.iter().filter(|text| text.to_lowercase().starts_with("v=spf1")).collect();
    match found[..] {
        [] => Finding::fix(format!(
            "SPF: {domain} does not say who may send for it. Add a TXT record such as \"v=spf1 mx -all\", with the \
             mail server that sends for you in it"
        )),
        [one] if one.split_whitespace().any(|term| term == "+all" || term == "all") => {
            Finding::fix(format!(
                "SPF: {domain} lets everybody send for it. End the record with -all or ~all"
            ))
        }
        [one] => Finding::good(format!("SPF: {domain} says {one:?}")),
        _ => Finding::fix(format!(
            "SPF: {domain} has {} records, which counts as none. Put them into one",
            found.len()
        )),
    }
}

/// What happens to mail that is not the domain's. (RFC 7489)
pub(super) fn dmarc(domain: &str, texts: &[String]) -> Finding {
    let found = texts.iter().find(|text| text.to_lowercase().starts_with("v=dmarc1"));
    match found {
        None => Finding::fix(format!(
            "DMARC: {domain} does not say what is to happen to forged mail. Add a TXT record at _dmarc.{domain}, to begin \
             with \"v=DMARC1; p=none; rua=mailto:postmaster@{domain}\", later p=quarantine"
        )),
        Some(text) if tag(text, "p").is_none() => Finding::fix(format!(
            "DMARC: the record at _dmarc.{domain} has no policy. Add p=none, p=quarantine or p=reject"
        )),
        Some(text) => Finding::good(format!("DMARC: {domain} says {text:?}")),
    }
}

/// Whether receivers find the key we sign with. (RFC 6376)
pub(super) fn dkim(signer: &Signer, texts: &[String]) -> Finding {
    let (name, (key, kind)) = (signer.record_name(), signer.record());
    let wanted = format!("v=DKIM1; k={kind}; p={key}");
    let published: Vec<String> = texts.iter().filter_map(|text| tag(text, "p")).collect();
    match published[..] {
        [] => Finding::fix(format!("DKIM: nothing is at {name}. Add the TXT record \"{wanted}\"")),
        [ref one] if *one == key => {
            Finding::good(format!("DKIM: {name} has the key we sign with ({kind})"))
        }
        [_] => Finding::fix(format!(
            "DKIM: {name} has another key than the one we sign with, so receivers take our mail for forged. It should be \
             \"{wanted}\""
        )),
        _ => Finding::fix(format!("DKIM: {name} has several keys. Leave one, \"{wanted}\"")),
    }
}

/// Whether the domain takes mail.
pub(super) fn mx(domain: &str, servers: &[String]) -> Finding {
    match servers {
        [] => Finding::fix(format!(
            "MX: {domain} names no server that takes mail, so no reply comes back. Add an MX record"
        )),
        [null] if null.is_empty() => Finding::fix(format!(
            "MX: {domain} says that it takes no mail (null MX), so no reply comes back"
        )),
        some => Finding::good(format!("MX: mail for {domain} goes to {}", some.join(", "))),
    }
}

/// The value of a tag in `a=b; c=d`, without blanks.
fn tag(text: &str, name: &str) -> Option<String> {
    text.split(';').find_map(|one| {
        let (own, value) = one.split_once('=')?;
        let value: String = value.split_whitespace().collect();
        (own.trim() == name && !value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn records_are_judged_in_words() {
        let good = |finding: Finding| matches!(finding, Finding::Good(_));

        assert!(good(spf("acme.test", &texts(&["other", "v=spf1 mx -all"]))));
        for wrong in [&[][..], &["v=spf1 +all"], &["v=spf1 mx -all", "v=spf1 a -all"]] {
            assert!(!good(spf("acme.test", &texts(wrong))), "{wrong:?}");
        }
        assert!(good(dmarc("acme.test", &texts(&["v=DMARC1; p=none"]))));
        for wrong in [&[][..], &["v=DMARC1; rua=mailto:a@acme.test"], &["v=spf1 -all"]] {
            assert!(!good(dmarc("acme.test", &texts(wrong))), "{wrong:?}");
        }
        assert!(good(mx("acme.test", &texts(&["mx.acme.test"]))));
        assert!(!good(mx("acme.test", &[])));
        assert!(!good(mx("acme.test", &texts(&[""]))));
    }
}
