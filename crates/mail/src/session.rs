//! What the server that handed a mail over said about itself, and whether that was the sender's server.

use std::net::IpAddr;

/// The conversation in which a mail was handed in. Of mail that was fetched there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The address from which it came in: of our own mail server's client, if that one says so, else of who spoke to us.
    pub client: IpAddr,
    /// The name the client greeted with. Anybody can say anything.
    pub helo: String,
    /// The sender of the envelope; empty for reports.
    pub mail_from: String,
    /// The client spoke to us itself, so that no server of ours has looked at the mail.
    pub is_direct: bool,
}

impl Session {
    /// The domain that SPF looks at: the envelope's, and where there is none that of the greeting.
    pub fn domain(&self) -> &str {
        self.mail_from.rsplit_once('@').map_or(&self.helo, |(_, domain)| domain)
    }

    /// As one line, for keeping.
    pub fn to_line(&self) -> String {
        let how = if self.is_direct { "direct" } else { "relayed" };
        format!("{how} {} {} {}", self.client, word(&self.helo), one_line(&self.mail_from))
    }

    /// From such a line; nothing, if it is none.
    pub fn from_line(line: &str) -> Option<Self> {
        let mut words = line.splitn(4, ' ');
        let is_direct = match words.next()? {
            "direct" => true,
            "relayed" => false,
            _ => return None,
        };
        let client = words.next()?.parse().ok()?;
        let helo = words.next()?.trim_matches('-').to_owned();
        Some(Self { client, helo, mail_from: words.next()?.to_owned(), is_direct })
    }
}

/// A greeting without what would end a word; a stroke where nothing is left.
fn word(text: &str) -> String {
    let plain: String =
        text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(255).collect();
    if plain.is_empty() { "-".to_owned() } else { plain }
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Whether an address belongs to a network of one's own, so that no record of a domain can name it.
pub fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]);
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || shared
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_kept_in_a_line() {
        for (helo, mail_from, is_direct) in [
            ("mx.fernlight.test", "dana@fernlight.test", true),
            ("", "", false),
            ("[192.0.2.7]", "\"a b\"@fernlight.test", true),
        ] {
            let client = "2001:db8::7".parse().unwrap();
            let session = Session {
                client,
                helo: helo.to_owned(),
                mail_from: mail_from.to_owned(),
                is_direct,
            };

            assert_eq!(Session::from_line(&session.to_line()), Some(session));
        }
        for wrong in ["", "direct", "direct x y z", "maybe ::1 a b"] {
            assert_eq!(Session::from_line(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_a_stranger_says_stays_in_its_place() {
        let session = Session {
            client: "192.0.2.7".parse().unwrap(),
            helo: "a b\r\nc".to_owned(),
            mail_from: "x\r\ny@b.test".to_owned(),
            is_direct: true,
        };

        let kept = Session::from_line(&session.to_line()).unwrap();

        assert_eq!((kept.helo.as_str(), kept.mail_from.as_str()), ("abc", "xy@b.test"));
        assert_eq!(kept.domain(), "b.test");
        assert_eq!(Session { mail_from: String::new(), ..kept }.domain(), "abc");
    }

    #[test]
    fn networks_of_ones_own_are_known() {
        for inside in [
            "127.0.0.2",
            "10.1.2.3",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "fd00::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(is_inside(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["192.0.2.7", "100.63.0.1", "2001:db8::1", "::ffff:192.0.2.7"] {
            assert!(!is_inside(outside.parse().unwrap()), "{outside}");
        }
    }
}
