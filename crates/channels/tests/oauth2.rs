//! Access tokens from a server on a real socket.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use channels::oauth2::{Error, OAuth2, Tokens};

/// A token server that gives these answers, one after the other; what it was asked.
fn server(answers: Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = asked.clone();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut piece = [0; 1024];
            while !request.ends_with(b"refresh") {
                let read = stream.read(&mut piece).unwrap();
                request.extend_from_slice(&piece[..read]);
            }
            heard.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, asked)
}

fn tokens(token_url: String) -> Tokens {
    Tokens::new(OAuth2 {
        token_url,
        client_id: "desk & co".to_owned(),
        client_secret: None,
        refresh_token: "refresh".to_owned(),
        refresh_file: None,
        ca_file: None,
    })
}

/// An answer whose length is said before.
fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The same in pieces.
fn in_pieces(body: &str) -> String {
    let (one, two) = body.split_at(body.len() / 2);
    format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
        one.len(),
        two.len()
    )
}

/// CH-03
#[tokio::test]
async fn a_token_is_asked_for_once_and_kept_until_it_is_refused() {
    let (url, asked) = server(vec![
        in_pieces("{\"access_token\":\"first\",\"expires_in\":3600,\"token_type\":\"Bearer\"}"),
        answer("200 OK", "{\"access_token\":\"second\"}"),
    ]);
    let tokens = tokens(url);

    assert_eq!(tokens.token().await.unwrap(), "first");
    assert_eq!(tokens.token().await.unwrap(), "first");
    tokens.forget().await;
    assert_eq!(tokens.token().await.unwrap(), "second");

    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2);
    assert!(asked[0].starts_with("POST /token HTTP/1.1\r\n"), "{}", asked[0]);
    let form = "grant_type=refresh_token&client_id=desk%20%26%20co&refresh_token=refresh";
    assert!(asked[0].ends_with(form), "{}", asked[0]);
}

#[tokio::test]
async fn a_refusal_says_why_and_no_secret_is_sent_in_the_open() {
    let (url, _) = server(vec![answer(
        "400 Bad Request",
        "{\"error\":\"invalid_grant\",\"error_description\":\"consent is over\"}",
    )]);

    let refused = tokens(url).token().await.unwrap_err();
    assert!(
        matches!(&refused, Error::Refused(why) if why == "invalid_grant consent is over"),
        "{refused}"
    );
    let open = tokens("http://login.example.test/token".to_owned()).token().await;
    assert!(matches!(open, Err(Error::Url)));
}
