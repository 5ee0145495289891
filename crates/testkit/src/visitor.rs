//! Somebody with a browser: cookies are kept, and forms carry the proof that they are ours.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::{Answer, Caller, Program};

/// Somebody who looks at pages and sends forms.
pub struct Visitor {
    caller: Caller,
    cookies: RefCell<BTreeMap<String, String>>,
    page: RefCell<Option<String>>,
}

impl Visitor {
    fn new(caller: Caller) -> Self {
        Self { caller, cookies: RefCell::default(), page: RefCell::default() }
    }

    /// Has this page before them: what they open and send from now on comes from there.
    #[must_use]
    pub fn at(self, page: &str) -> Self {
        self.page.replace(Some(page.to_owned()));
        self
    }

    /// Has this cookie, as script gives one.
    #[must_use]
    pub fn with_cookie(self, name: &str, value: &str) -> Self {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        self
    }

    /// Looks at a page.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.keep(self.dressed().get(path))
    }

    /// Fetches a part of a page, as a script on it does.
    #[track_caller]
    pub fn get_fragment(&self, path: &str) -> Answer {
        self.keep(self.dressed().with("HX-Request", "true").get(path))
    }

    /// Looks at the head of an answer that may never end.
    #[track_caller]
    pub fn peek(&self, path: &str) -> Answer {
        self.keep(self.dressed().peek(path))
    }

    /// Sends a form with the proof that every form of ours carries.
    #[track_caller]
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let proof = self.proof();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &proof));
        self.post_bare(path, &fields)
    }

    /// Keeps something, as a script does.
    #[track_caller]
    pub fn put(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let proof = self.proof();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &proof));
        self.send_bare("PUT", path, &fields)
    }

    /// Sends exactly these fields.
    #[track_caller]
    pub fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send_bare("POST", path, fields)
    }

    /// The same, with another verb.
    #[track_caller]
    pub fn send_bare(&self, verb: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let kind = Some("application/x-www-form-urlencoded");
        self.keep(self.dressed().send(verb, path, kind, body.as_bytes()))
    }

    /// Sends a form with a file, as browsers do.
    #[track_caller]
    pub fn post_file(
        &self,
        path: &str,
        (name, content): (&str, &str),
        fields: &[(&str, &str)],
    ) -> Answer {
        let proof = self.proof();
        let mut body = String::new();
        for (name, value) in fields.iter().chain(&[("csrf", proof.as_str())]) {
            let _ = write!(
                body,
                "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        let _ = write!(
            body,
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a file\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{content}\r\n--edge--\r\n"
        );
        let kind = Some("multipart/form-data; boundary=edge");
        self.keep(self.dressed().send("POST", path, kind, body.as_bytes()))
    }

    /// The proof that the forms on a page carry at present.
    ///
    /// # Panics
    ///
    /// When the page has no form.
    #[track_caller]
    pub fn proof(&self) -> String {
        let page = self.get("/requests/new").expect(200).text();
        let field = page.split("<input").find(|field| field.contains("name=\"csrf\""));
        let value = field.and_then(|field| field.split_once("value=\"")?.1.split_once('"'));
        value.unwrap_or_else(|| panic!("no form on the page: {page}")).0.to_owned()
    }

    fn dressed(&self) -> Caller {
        let cookies = self.cookies.borrow();
        let caller = match &*self.page.borrow() {
            Some(page) => self.caller.clone().with("Referer", page),
            None => self.caller.clone(),
        };
        if cookies.is_empty() {
            return caller;
        }
        let pairs: Vec<String> =
            cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        caller.with("Cookie", &pairs.join("; "))
    }

    fn keep(&self, answer: Answer) -> Answer {
        for (name, value) in &answer.headers {
            let pair = value.split(';').next().and_then(|pair| pair.split_once('='));
            if let (true, Some((cookie, value))) = (name == "set-cookie", pair) {
                self.cookies.borrow_mut().insert(cookie.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

impl Program {
    /// Somebody who is not signed in.
    pub fn visit(&self) -> Visitor {
        Visitor::new(self.as_anybody())
    }

    /// Somebody who signs in, whatever their password was.
    #[track_caller]
    pub fn visit_as(&self, email: &str) -> Visitor {
        let password = "a long enough password";
        let id = self.as_user(email).get("users/me.json").expect(200).number("/user/id");
        let body = serde_json::json!({ "password": password });
        self.as_admin().post(&format!("users/{id}/password.json"), &body).expect(200);
        self.sign_in(email, password)
    }

    /// Somebody who signs in with a password.
    #[track_caller]
    pub fn sign_in(&self, email: &str, password: &str) -> Visitor {
        let visitor = self.visit();
        let answer = visitor.post("/sign-in", &[("email", email), ("password", password)]);
        assert_eq!(answer.status, 303, "{answer:?}");
        visitor
    }
}

/// A value as a form sends it.
fn escaped(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
